"""Tacotron 2 against the same layers in PyTorch: a training step, and generation.

    python benchmarks/tacotron2.py            # both, one after the other, on 2 threads
    python benchmarks/tacotron2.py --growth   # ours alone, as text and batch grow

Published size; a training step takes 16 texts of 100 tokens and 400 frames; generation makes 400
frames. Each side runs in a process of its own, in turns, while nothing else should run; the figures
are medians. Needs `torch`.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

THREADS = 2
TOKENS, FRAMES, BATCH = 100, 400, 16


def timed(function, repeats):
    function()  # traces, allocates
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return times


def batch(batch_size=BATCH, n_tokens=TOKENS, n_frames=FRAMES):
    import numpy as np

    rng = np.random.default_rng(0)
    return {
        "tokens": rng.integers(1, 148, (batch_size, n_tokens)).astype("int32"),
        "token_lengths": np.full(batch_size, n_tokens, "int32"),
        "mel": rng.normal(size=(batch_size, n_frames, 80)).astype("float32"),
        "mel_lengths": np.full(batch_size, n_frames, "int32"),
    }


def make_ours():
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    import keras

    import keras_speech as ks

    model = ks.Tacotron2(148, **ks.tacotron2_configs.LJSPEECH)
    model.compile(keras.optimizers.Adam(1e-3, global_clipnorm=1.0))
    return model


def generate(model, batch_size, n_tokens=TOKENS, n_frames=FRAMES):
    tokens = batch(batch_size, n_tokens)["tokens"]
    result = model.generate(tokens, max_frames=n_frames, stop_threshold=1.0)
    assert result["mel"].shape[1] == n_frames


def ours():
    model = make_ours()
    x = batch()
    figures = {"generate 1": timed(lambda: generate(model, 1), 5)}
    figures["generate 8"] = timed(lambda: generate(model, 8), 5)
    figures["train"] = timed(lambda: model.train_on_batch(x), 3)
    return figures


def peer():
    import torch
    from tacotron2_in_torch import Tacotron2, training_step

    torch.set_num_threads(THREADS)
    model = Tacotron2()
    assert sum(p.numel() for p in model.parameters()) == 28_193_153
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    x = {name: torch.from_numpy(value) for name, value in batch().items()}
    stop = torch.zeros(BATCH, FRAMES)
    stop[:, -1] = 1.0
    tokens, lengths = x["tokens"].long(), x["token_lengths"].long()
    model.eval()
    figures = {
        f"generate {n}": timed(lambda n=n: model.generate(tokens[:n], lengths[:n], FRAMES), 5)
        for n in (1, 8)
    }
    model.train()
    figures["train"] = timed(
        lambda: training_step(model, optimizer, tokens, lengths, x["mel"], stop), 3
    )
    return figures


def growth():
    model = make_ours()
    for batch_size in (1, 4, 16):
        for n_tokens in (50, 100, 200):
            x = batch(batch_size, n_tokens, 4 * n_tokens)
            step = statistics.median(timed(lambda x=x: model.train_on_batch(x), 3))
            speak = statistics.median(
                timed(lambda b=batch_size, n=n_tokens: generate(model, b, n, 4 * n), 3)
            )
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            print(
                f"| {batch_size} | {n_tokens} | {4 * n_tokens} | {step:.2f} | {speak:.2f} | "
                f"{memory:.1f} |",
                flush=True,
            )


def measured(side):
    figures = side()
    figures["memory"] = [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20]
    print("FIGURES " + json.dumps(figures))


def compare(rounds):
    figures = {"ours": {}, "peer": {}}
    for _ in range(rounds):
        for side in figures:
            output = subprocess.run(
                [sys.executable, __file__, "--side", side],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "OMP_NUM_THREADS": str(THREADS), "TF_CPP_MIN_LOG_LEVEL": "3"},
            ).stdout
            line = next(row for row in output.splitlines() if row.startswith("FIGURES "))
            for name, values in json.loads(line.removeprefix("FIGURES ")).items():
                figures[side].setdefault(name, []).extend(values)
    print("| | keras_speech | PyTorch, LSTMCell loop | ratio |")
    print("|---|---|---|---|")
    for name in figures["ours"]:
        a, b = (statistics.median(figures[side][name]) for side in ("ours", "peer"))
        unit = "GiB" if name == "memory" else "s"
        print(f"| {name} | {a:.2f} {unit} | {b:.2f} {unit} | {b / a:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--growth", action="store_true", help="ours as text and batch grow")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each side")
    parser.add_argument("--side", choices=("ours", "peer"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        measured({"ours": ours, "peer": peer}[arguments.side])
    elif arguments.growth:
        growth()
    else:
        compare(arguments.rounds)


if __name__ == "__main__":
    main()

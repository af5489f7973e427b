"""Two workers against one: how much audio a training learns from in a second.

    python benchmarks/workers.py
    python benchmarks/workers.py --model fastspeech2 --steps 40

Each worker has one core of its own (`taskset`), and they talk over this machine's loopback. One
worker has `--batch-size` rows; two share a batch of as many ("divided"), or of twice as many
("doubled"). Figures are medians over steps after the first ten; sides take turns. Nothing else
should run meanwhile.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RATE, SEGMENT = 16000, 4000
SIDES = {"one worker": (1, 1), "two, divided": (2, 1), "two, doubled": (2, 2)}


def train(model_name, batch_size, steps, recordings, out):
    """One worker's part, in a process of its own: prints the seconds of a step."""
    import keras
    import tensorflow as tf

    import keras_speech as ks

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    name = "multi_worker" if "TF_CONFIG" in os.environ else "none"
    strategy = ks.training.strategy(name)
    keras.utils.set_random_seed(0)
    spec = ks.AudioSpec(sample_rate=RATE, n_fft=1024, hop_length=256, win_length=1024)
    options = dict(seed=0, progress=False)
    if model_name == "wavenet":
        config = ks.wavenet_configs.SMALL
        epochs = ks.data.waveform_epochs(
            recordings, SEGMENT, batch_size, sample_rate=RATE, steps_per_epoch=steps, **options
        )
    else:
        tokenizer = ks.text.CharacterTokenizer()
        config = {**ks.fastspeech2_configs.SMALL, "pitch": False}
        config["vocabulary_size"] = tokenizer.vocabulary_size
        corpus = ks.data.ljspeech(recordings)
        epochs = ks.data.acoustic_epochs(corpus, spec, tokenizer, batch_size, **options)

    class Clock(keras.callbacks.Callback):
        seconds = []

        def on_train_batch_begin(self, batch, logs=None):
            self.began = time.perf_counter()

        def on_train_batch_end(self, batch, logs=None):
            self.seconds.append(time.perf_counter() - self.began)

    with (strategy or tf.distribute.get_strategy()).scope():
        model = {"wavenet": ks.WaveNet, "fastspeech2": ks.FastSpeech2}[model_name](**config)
    clock = Clock()
    ks.training.train(
        model, epochs, epochs=-(-steps // len(epochs)), directory=out, strategy=strategy,
        callbacks=[clock], checkpoint_every=0, verbose=0,
    )  # fmt: skip
    print("FIGURES", json.dumps(clock.seconds[10:]))


def measured(model_name, n_workers, batch_size, steps, recordings):
    """Seconds of a step where so many workers share batches of `batch_size`."""
    hosts = []
    for _ in range(n_workers):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            hosts.append(f"127.0.0.1:{free.getsockname()[1]}")
    with tempfile.TemporaryDirectory() as out:
        workers = []
        for index in range(n_workers):
            environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
            if n_workers > 1:
                task = {"type": "worker", "index": index}
                environment["TF_CONFIG"] = json.dumps({"cluster": {"worker": hosts}, "task": task})
            command = ["taskset", "-c", str(index), sys.executable, __file__, "--worker"]
            command += [model_name, str(batch_size), str(steps), str(recordings), out]
            workers.append(
                subprocess.Popen(
                    command, env=environment, text=True,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                )
            )  # fmt: skip
        for worker in workers:
            output, error = worker.communicate()
            if worker.returncode:
                sys.exit(error[-2000:])
    (figures,) = [line for line in output.splitlines() if line.startswith("FIGURES ")]
    return json.loads(figures.removeprefix("FIGURES "))


def made_up(directory, n=96, seconds=3):
    """Recordings in LJ Speech's layout: tones with some noise, all equally long."""
    import numpy as np

    from keras_speech.data import write_wav

    (directory / "wavs").mkdir()
    time_s = np.arange(seconds * RATE) / RATE
    rng, rows = np.random.default_rng(0), []
    for i in range(n):
        tone = 0.3 * np.sin(2 * np.pi * (120 + 3 * i) * time_s) + 0.01 * rng.normal(
            size=len(time_s)
        )
        write_wav(directory / "wavs" / f"c{i:02d}.wav", tone, RATE)
        rows.append(f"c{i:02d}|{'the quick brown fox jumps over the lazy dog'}\n")
    (directory / "metadata.csv").write_text("".join(rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=["wavenet", "fastspeech2"], default="wavenet")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        made_up(Path(directory))
        data = f"{directory}/wavs" if arguments.model == "wavenet" else directory
        seconds = {side: [] for side in SIDES}
        for _ in range(arguments.rounds):
            for side, (n_workers, factor) in SIDES.items():
                size = arguments.batch_size * factor
                found = measured(arguments.model, n_workers, size, arguments.steps, data)
                seconds[side].append(statistics.median(found))
    print("| | seconds a step | rows a second | over one |\n|---|---|---|---|")
    rates = {}
    for side, (_, factor) in SIDES.items():
        step = statistics.median(seconds[side])
        rates[side] = arguments.batch_size * factor / step
        print(
            f"| {side} | {step:.3f} | {rates[side]:.1f} | {rates[side] / rates['one worker']:.2f} |"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        name, size, steps, recordings, out = sys.argv[2:]
        train(name, int(size), int(steps), recordings, out)
    else:
        main()

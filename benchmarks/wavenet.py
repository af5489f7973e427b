"""WaveNet against the same net in PyTorch: generation sample by sample, and a training step.

    python benchmarks/wavenet.py            # both, one after the other, on 2 threads
    python benchmarks/wavenet.py --growth   # ours alone, as cycles, channels and batch grow

Two nets of 64 residual, 128 gate and 64 skip channels, kernel 2: "softmax" has 30 layers in 3
cycles and a softmax over 256 levels; "mixture" has 24 layers in 4 cycles and 10 logistics, and is
conditioned on a mel spectrogram (in the peer, on 32 channels at the sample rate). A training step
takes 4 rows of 8,000 samples. Each side runs in a process of its own, in turns, while nothing else
should run; the figures are medians. Needs `torch`.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

THREADS = 2
SIZES = dict(residual_channels=64, gate_channels=128, skip_channels=64)
NETS = {
    "softmax": dict(n_cycles=3, layers_per_cycle=10),
    "mixture": dict(n_cycles=4, layers_per_cycle=6),
}
PLOT = Path(__file__).parent / "wavenet_growth.png"


def timed(function, repeats):
    function()  # traces, compiles, allocates
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return times


def rates(function, n_samples, repeats):
    """Samples per second of each call of `function`."""
    return [n_samples / seconds for seconds in timed(function, repeats)]


def make_ours(name="softmax", **changes):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    import keras

    import keras_speech as ks

    config = {**SIZES, **NETS[name], **changes}
    if name == "mixture":
        config |= dict(head=ks.layers.LogisticMixtureHead(10), spec=ks.AudioSpec())
    model = ks.WaveNet(**config)
    model.compile(keras.optimizers.Adam(1e-3))
    return model


def inputs(model, batch_size, n_samples):
    import numpy as np

    rng = np.random.default_rng(0)
    hop = model.hop_length or 1
    x = {"samples": rng.uniform(-1, 1, (batch_size, n_samples // hop * hop)).astype("float32")}
    if model.local_channels:
        shape = (batch_size, n_samples // hop, model.local_channels)
        x["mel"] = rng.normal(size=shape).astype("float32")
    return x


def ours():
    figures = {}
    for name in NETS:
        model = make_ours(name)
        mel = inputs(model, 1, 40960).get("mel")
        figures[f"{name}, generation"] = rates(
            lambda m=model, mel=mel: m.generate(40960, mel=mel), 40960, 7
        )
        x = inputs(model, 4, 8000)
        figures[f"{name}, training step"] = timed(lambda m=model, x=x: m.train_on_batch(x), 7)
    return figures


def peer():
    import torch
    import wavenet_in_torch as peer
    from wavenet_floor import memory_floor
    from wavenet_in_torch_compiled import compile_generation

    torch.set_num_threads(THREADS)
    figures = {}
    for name, net in NETS.items():
        head, channels = (peer.Softmax(), 0) if name == "softmax" else (peer.LogisticMixture(), 32)
        model = peer.WaveNet(**SIZES, **net, head=head, condition_channels=channels)

        def condition(batch, n, channels=channels):
            return torch.randn(batch, channels, n) if channels else None

        with torch.no_grad():
            figures[f"{name}, generation"] = rates(
                lambda m=model, c=condition: m.generate(1000, condition=c(1, 1000)), 1000, 3
            )
            figures[f"{name}, naive regeneration"] = rates(
                lambda m=model, c=condition: m.generate_naively(20, condition=c(1, 20)), 20, 3
            )
        # Reading the conditioning's weights is not part of it: they are applied beforehand.
        n_bytes = 4 * sum(p.numel() for p in peer.WaveNet(**SIZES, **net, head=head).parameters())
        figures[f"{name}, memory floor"] = [memory_floor(n_bytes)[1]]
        compiled = compile_generation(model)
        figures[f"{name}, best compiled"] = rates(
            lambda g=compiled, c=condition: g(8192, condition=c(1, 8192)), 8192, 7
        )
        optimizer = torch.optim.Adam(model.parameters(), 1e-3)
        samples, given = torch.rand(4, 8000) * 2 - 1, condition(4, 8000)
        figures[f"{name}, training step"] = timed(
            lambda m=model, o=optimizer, s=samples, c=given: peer.training_step(m, o, s, c), 7
        )
    return figures


def measured(side):
    print("FIGURES " + json.dumps(side()))


def run(arguments):
    output = subprocess.run(
        [sys.executable, __file__, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": str(THREADS), "TF_CPP_MIN_LOG_LEVEL": "3"},
    ).stdout
    line = next(row for row in output.splitlines() if row.startswith("FIGURES "))
    return json.loads(line.removeprefix("FIGURES "))


def compare(rounds):
    figures = {"ours": {}, "peer": {}}
    for _ in range(rounds):
        for side, collected in figures.items():
            for name, values in run(["--side", side]).items():
                collected.setdefault(name, []).extend(values)
    mine, theirs = (
        {name: statistics.median(values) for name, values in figures[side].items()}
        for side in ("ours", "peer")
    )
    print("| generation, samples/s | keras_speech | against | ratio |")
    print("|---|---|---|---|")
    for net in NETS:
        speed = mine[f"{net}, generation"]
        for label, name in (
            ("PyTorch, a queue a layer", "generation"),
            ("PyTorch, best compiled", "best compiled"),
            ("PyTorch, naive regeneration", "naive regeneration"),
            ("reading the weights", "memory floor"),
        ):
            other = theirs[f"{net}, {name}"]
            print(f"| {net} | {speed:,.0f} | {label}: {other:,.0f} | {speed / other:.2f} |")
    print("\n| training step | keras_speech | PyTorch | ratio |")
    print("|---|---|---|---|")
    for net in NETS:
        a, b = mine[f"{net}, training step"], theirs[f"{net}, training step"]
        print(f"| {net} | {a:.2f} s | {b:.2f} s | {b / a:.2f} |")


# What grows, one at a time, from the net "softmax" with a batch of one.
GROWTH = {
    "n_cycles": (1, 2, 3, 6),
    "residual_channels": (16, 32, 64, 128),
    "batch_size": (1, 4, 16),
}


def grown(what, value):
    """Speed of a row, megabytes of queues, seconds of a step of 4,000 samples a row, and GiB."""
    batch_size = value if what == "batch_size" else 1
    changes = {}
    if what == "n_cycles":
        changes = {what: value}
    elif what == "residual_channels":
        changes = dict(residual_channels=value, gate_channels=2 * value, skip_channels=value)
    model = make_ours(**changes)
    n_samples = 8192
    speed = statistics.median(
        rates(lambda: model.generate(n_samples, batch_size=batch_size), n_samples, 3)
    )
    state = sum(
        tensor.shape.num_elements() * 4 for tensor in model.generator.initial_state(batch_size)
    )
    x = inputs(model, batch_size, 4000)
    step = statistics.median(timed(lambda: model.train_on_batch(x), 3))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"speed": speed, "state": state / 1e6, "step": step, "memory": memory}


def growth():
    print("| | | samples/s of a row | in all | queues (MB) | training step (s) | memory (GiB) |")
    print("|---|---|---|---|---|---|---|")
    results = {}
    for what, values in GROWTH.items():
        for value in values:
            r = results[what, value] = run(["--grown", what, str(value)])
            rows = value if what == "batch_size" else 1
            print(
                f"| {what} | {value} | {r['speed']:,.0f} | {r['speed'] * rows:,.0f} | "
                f"{r['state']:.2f} | {r['step']:.2f} | {r['memory']:.1f} |",
                flush=True,
            )
    draw(results)


def draw(results):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(GROWTH), figsize=(10, 3.2), sharey=True)
    for axis, (what, values) in zip(axes, GROWTH.items(), strict=True):
        speeds = [results[what, value]["speed"] for value in values]
        total = [
            s * (v if what == "batch_size" else 1) for s, v in zip(speeds, values, strict=True)
        ]
        axis.plot(values, speeds, "o-", label="of a row")
        if what == "batch_size":
            axis.plot(values, total, "s--", label="of all rows")
            axis.legend()
        axis.set(xlabel=what, xscale="log", yscale="log", xticks=values, xticklabels=values)
        axis.minorticks_off()
        axis.grid(alpha=0.3)
    ticks = [2500, 5000, 10000, 20000, 40000]
    axes[0].set_yticks(ticks, [f"{tick:,}" for tick in ticks])
    axes[0].set_ylabel("samples per second")
    figure.suptitle("Generation: 30 layers, 64 channels, softmax 256, and what grows")
    figure.tight_layout()
    figure.savefig(PLOT, dpi=80)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--growth", action="store_true", help="ours as the net and batch grow")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each side")
    parser.add_argument("--side", choices=("ours", "peer"), help=argparse.SUPPRESS)
    parser.add_argument("--grown", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        measured({"ours": ours, "peer": peer}[arguments.side])
    elif arguments.grown:
        what, value = arguments.grown
        measured(lambda: grown(what, int(value)))
    elif arguments.growth:
        growth()
    else:
        compare(arguments.rounds)


if __name__ == "__main__":
    main()

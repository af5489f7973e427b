"""WaveGlow, HiFi-GAN and Vocos against the same layers in PyTorch: generation and training.

    python benchmarks/vocoders.py                                  # all, on 2 threads
    python benchmarks/vocoders.py --models Vocos "HiFi-GAN V1" --quick
    python benchmarks/vocoders.py --growth                         # ours alone, 1 to 60 s of audio

Generation makes 3 s of audio (258 frames, batch of one) with weight normalization folded in, in
each mode of `vocoder_sides.MODES`. A training step takes 63 frames (16,128 samples) for WaveGlow
and 4 rows of 8,192 samples for the others, updates of the discriminators included. "Of the
machine's rate" compares the multiplications that the sizes ask for (`vocoder_costs.py`) with what
the faster of both frameworks' matrix products reached in the same run. Each measurement has a
process of its own, both sides in turns, while nothing else should run; figures are medians, memory
is the highest of the process. Needs `torch`, `librosa`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

import vocoder_costs as costs
import vocoder_sides
from vocoder_sides import MODES, THREADS, TRAINING_MODES

SIDES = ("ours", "peer")
NAMES = {"ours": "keras_speech", "peer": "PyTorch"}
AUDIO_SECONDS = vocoder_sides.FRAMES * costs.HOP / costs.SAMPLE_RATE


def measured(*arguments, script=vocoder_sides.__file__):
    """What a script prints in a process of its own, or `{}` with its last words shown."""
    environment = {
        "OMP_NUM_THREADS": str(THREADS),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "KERAS_BACKEND": "tensorflow",
    }
    process = subprocess.run(
        [sys.executable, script, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    for line in process.stdout.splitlines():
        if line.startswith("FIGURES "):
            return json.loads(line.removeprefix("FIGURES "))
    words = process.stderr.strip().splitlines() or ["no output"]
    print(f"({' '.join(map(str, arguments))}: {words[-1][:200]})", file=sys.stderr, flush=True)
    return {}


def collect(jobs, rounds, repeats, script=vocoder_sides.__file__):
    """Medians and highest memory of `jobs`, the arguments of `--job`, taken in turns."""
    figures = {}
    for i in range(rounds):
        for job in jobs:
            result = measured("--job", *job, "--repeats", repeats, script=script)
            if not result:
                continue
            print(f"round {i + 1}: {' '.join(job)}: {result}", file=sys.stderr, flush=True)
            kept = figures.setdefault(job, {"times": [], "memory": 0.0})
            kept["times"] += result["times"]
            kept["memory"] = max(kept["memory"], result["memory"])
    for kept in figures.values():
        kept["seconds"] = statistics.median(kept["times"])
    return figures


def product_rates(rounds):
    """Multiplications per second of the best matrix product, by number format."""
    best = {}
    print("| matrix products, G multiplications/s | float32 | bfloat16 |\n|---|---|---|")
    for side in SIDES:
        rates = [measured("--rates", side) for _ in range(rounds)]
        rates = {k: max(r.get(k, 0.0) for r in rates) for k in ("float32", "bfloat16")}
        label = "TensorFlow" if side == "ours" else "PyTorch"
        print(f"| {label} | {rates['float32'] / 1e9:.0f} | {rates['bfloat16'] / 1e9:.0f} |")
        best = {k: max(v, best.get(k, 0.0)) for k, v in rates.items()}
    print(flush=True)
    return best


def number_format(mode):
    return "bfloat16" if "bfloat16" in mode else "float32"


def share(multiplications, seconds, mode, rates):
    rate = rates[number_format(mode)]
    return f"{multiplications / seconds / rate:.0%}" if rate else "-"


def fastest(figures, side, task, name, kind):
    """Mode and figures of a side's fastest mode that computes in `kind`, `(None, None)` if none."""
    found = [
        (kept["seconds"], job[3], kept)
        for job, kept in figures.items()
        if job[:3] == (side, task, name) and number_format(job[3]) == kind
    ]
    return min(found, key=lambda each: each[0])[1:] if found else (None, None)


def compare(models, rounds, repeats, tasks, wanted):
    rates = product_rates(rounds)
    modes = {"generate": MODES, "train": TRAINING_MODES}
    jobs = [
        (side, task, name, mode)
        for task in tasks
        for name in models
        for side, mode in in_turns(modes[task])
        if not wanted or mode in wanted
    ]
    figures = collect(jobs, rounds, repeats)
    for task in tasks:
        rows(figures, task, models, modes[task], rates)
        if task == "generate":
            ratios(figures, task, models, "real-time factor", AUDIO_SECONDS)
        else:
            ratios(figures, task, models, "training step, s", 1.0)


def in_turns(modes):
    """The modes of both sides, one of each after another."""
    n = max(len(each) for each in modes.values())
    return [(side, modes[side][i]) for i in range(n) for side in SIDES if i < len(modes[side])]


def rows(figures, task, models, modes, rates):
    unit = "real-time factor" if task == "generate" else "training step"
    print(f"| | | mode | {unit} | of the machine's rate | memory |\n|---|---|---|---|---|---|")
    for name in models:
        for side, mode in ((s, m) for s in SIDES for m in modes[s]):
            kept = figures.get((side, task, name, mode))
            if not kept:
                continue
            seconds = kept["seconds"]
            if task == "generate":
                work = costs.PER_FRAME[name] * vocoder_sides.FRAMES
                shown = f"{seconds / AUDIO_SECONDS:.4f}"
            else:
                work = costs.training_step(name, *vocoder_sides.segment(name))
                shown = f"{seconds:.2f} s"
            reached = share(work, seconds, mode, rates)
            memory = f"{kept['memory']:.2f} GiB"
            print(f"| {name} | {NAMES[side]} | {mode} | {shown} | {reached} | {memory} |")
    print(flush=True)


def ratios(figures, task, models, label, divisor):
    """The peer's usual mode, and its best, over our best: of each number format, and of all."""
    print(f"| {label} | keras_speech | PyTorch, usual | ratio | PyTorch, best | ratio |")
    print("|---|---|---|---|---|---|")
    for name in models:
        for kind in ("float32", "bfloat16"):
            mode, mine = fastest(figures, "ours", task, name, kind)
            best_mode, best = fastest(figures, "peer", task, name, kind)
            usual = figures.get(("peer", task, name, kind))
            if not (mine and best and usual):
                continue
            a, b, c = (each["seconds"] / divisor for each in (mine, usual, best))
            print(
                f"| {name}, {kind} | {a:.4f} ({mode}) | {b:.4f} | {b / a:.2f} | "
                f"{c:.4f} ({best_mode}) | {c / a:.2f} |"
            )
        usual = figures.get(("peer", task, name, "float32"))
        candidates = [fastest(figures, "ours", task, name, k) for k in ("float32", "bfloat16")]
        candidates = [(kept["seconds"], mode) for mode, kept in candidates if kept]
        if usual and candidates:
            seconds, mode = min(candidates)
            a, b = seconds / divisor, usual["seconds"] / divisor
            print(f"| {name}, fastest | {a:.4f} ({mode}) | float32: {b:.4f} | {b / a:.2f} | | |")
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = list(costs.PER_FRAME)
    parser.add_argument("--models", nargs="+", choices=names, default=names, metavar="MODEL")
    parser.add_argument("--tasks", nargs="+", choices=("generate", "train"))
    parser.add_argument("--modes", nargs="+", metavar="MODE", help="of both sides; default: all")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each side")
    parser.add_argument("--repeats", type=int, default=5, help="calls timed in each turn")
    parser.add_argument("--quick", action="store_true", help="one turn of two calls")
    parser.add_argument("--growth", action="store_true", help="ours from 1 to 60 s of audio")
    parser.add_argument("--mode", default="float32", help="of the growth")
    arguments = parser.parse_args()
    if arguments.growth:
        import vocoder_growth

        vocoder_growth.growth(arguments.models, arguments.mode, measured)
        return
    rounds, repeats = (1, 2) if arguments.quick else (arguments.rounds, arguments.repeats)
    tasks = arguments.tasks or ("generate", "train")
    compare(arguments.models, rounds, repeats, tasks, arguments.modes)


if __name__ == "__main__":
    main()

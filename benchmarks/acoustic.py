"""FastSpeech 2 and Transformer TTS against the same layers in PyTorch; all models as text grows.

    python benchmarks/acoustic.py                         # all, on 2 threads
    python benchmarks/acoustic.py --tasks speak --quick
    python benchmarks/acoustic.py --tasks growth --mode bfloat16

"speak": FastSpeech 2 in its published size makes 500 frames of 100 phones, one row. "train": its
training step on 16 such rows of given durations. "cache": Transformer TTS in its published size
makes 400 frames of 100 tokens, with keys and values kept, and without. "growth": every acoustic
model of ours on 25 to 400 tokens.

"Of the machine's rate" compares the multiplications that the sizes ask for with what the faster of
both frameworks' matrix products reached in the same run. Each measurement has a process of its own,
both sides in turns, while nothing else should run; figures are medians, memory is the highest of
the process. `acoustic_weights.py` shows that both sides compute the same. Needs `torch`.
"""

import argparse
import functools
import math
import os
import platform
from importlib.metadata import version

import acoustic_growth
import acoustic_sides
import vocoders
from acoustic_sides import BATCH, FRAMES, MODES, STEPS, TOKENS

TITLES = {
    "speak": f"FastSpeech 2, {TOKENS} phones to {FRAMES} frames",
    "train": f"FastSpeech 2, training step of {BATCH} rows",
    "cache": f"Transformer TTS, {TOKENS} tokens to {STEPS} frames",
}


def stack(n_steps, channels=256, filters=1024, kernel=9, n_layers=4):
    """Multiplications of FastSpeech 2's encoder or decoder on so many steps."""
    per_step = 4 * channels**2 + (kernel + 1) * channels * filters + 2 * n_steps * channels
    return n_layers * n_steps * per_step


def fastspeech2(n_tokens=TOKENS, n_frames=FRAMES, channels=256):
    """Multiplications of convolutions and matrix products for one row, forward."""
    predictors = 3 * n_tokens * (2 * 3 * channels**2 + channels)
    return stack(n_tokens) + stack(n_frames) + predictors + n_frames * channels * 80


# A layer costs as much forward as the gradient of its inputs, and as that of its weights.
WORK = {"speak": fastspeech2(), "train": 3 * BATCH * fastspeech2()}


def machine(packages=("tensorflow", "keras", "torch")):
    """The processor, and what runs on it."""
    processor = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            names = [x.split(":")[1].strip() for x in file if x.startswith("model name")]
        processor = names[0] if names else processor
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    return f"{os.cpu_count()} cores of {processor}; {versions}. Load before the run: {load}."


def compare(task, rounds, repeats, wanted, rates):
    jobs = [
        (side, task, mode)
        for side, mode in vocoders.in_turns(MODES[task])
        if not wanted or mode in wanted
    ]
    figures = vocoders.collect(jobs, rounds, repeats, script=acoustic_sides.__file__)
    print(
        f"{TITLES[task]}\n\n| | mode | s | of the machine's rate | memory |\n|---|---|---|---|---|"
    )
    for side in vocoders.SIDES:
        for (s, _, mode), kept in figures.items():
            if s != side:
                continue
            reached = "-"
            if task in WORK:
                reached = vocoders.share(WORK[task], kept["seconds"], mode, rates)
            print(
                f"| {vocoders.NAMES[side]} | {mode} | {kept['seconds']:.3f} | {reached} | "
                f"{kept['memory']:.2f} GiB |"
            )
    print()
    ratios(figures, task)


def ratios(figures, task):
    """The peer's usual mode, and its best, over our best: of each number format, and of all."""
    best = {}
    for (side, _, mode), kept in figures.items():
        key = side, vocoders.number_format(mode)
        if "uncached" not in mode:
            best[key] = min((kept["seconds"], mode), best.get(key, (math.inf, "")))
    usual = figures.get(("peer", task, "float32"))
    print("| | keras_speech | against | ratio |\n|---|---|---|---|")
    for kind in ("float32", "bfloat16"):
        if ("ours", kind) not in best:
            continue
        seconds, mode = best["ours", kind]
        row = f"| {kind} | {seconds:.3f} ({mode}) |"
        if ("peer", kind) in best:
            theirs, how = best["peer", kind]
            print(f"{row} PyTorch {how}, its best: {theirs:.3f} | {theirs / seconds:.2f} |")
        if usual:
            theirs = usual["seconds"]
            print(f"{row} PyTorch float32: {theirs:.3f} | {theirs / seconds:.2f} |")
        slow = figures.get(("ours", task, f"{kind} uncached"))
        if slow:
            theirs = slow["seconds"]
            print(f"{row} without the cache: {theirs:.3f} | {theirs / seconds:.2f} |")
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tasks = (*MODES, "growth")
    parser.add_argument("--tasks", nargs="+", choices=tasks, default=tasks)
    parser.add_argument("--modes", nargs="+", metavar="MODE", help="of both sides; default: all")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each side")
    parser.add_argument("--repeats", type=int, default=5, help="calls timed in each turn")
    parser.add_argument("--quick", action="store_true", help="one turn of two calls")
    parser.add_argument("--mode", default="float32", help="of the growth: a dtype policy")
    arguments = parser.parse_args()
    rounds, repeats = (1, 2) if arguments.quick else (arguments.rounds, arguments.repeats)
    print(machine() + "\n", flush=True)
    compared = [task for task in arguments.tasks if task in MODES]
    rates = vocoders.product_rates(rounds) if set(compared) & set(WORK) else {}
    for task in compared:
        compare(task, rounds, repeats, arguments.modes, rates)
    if "growth" in arguments.tasks:
        measured = functools.partial(vocoders.measured, script=acoustic_sides.__file__)
        acoustic_growth.growth(arguments.mode, measured)


if __name__ == "__main__":
    main()

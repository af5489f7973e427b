"""The input pipeline: its speed against librosa's features, its memory, and who waits for it.

    python benchmarks/data.py                                    # 300 made-up recordings of 6 s
    python benchmarks/data.py --data LJSpeech-1.1 --layout ljspeech
    python benchmarks/data.py --quick

Rates are hours of audio per minute, both sides with a process or thread for each core, in turns in
one run; librosa's processes have loaded and compiled everything before the clock starts. "Features"
are log-mels of 80 bands. The training step is `fit`'s of a Tacotron 2 ("small") and a Vocos in its
published size on 16 crops. Reading decodes a batch's recordings whole, on one thread, as if nothing
were kept; trainings do that once. Nothing else should run meanwhile. Needs `librosa`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

import data_sides

RATES = {
    "librosa": "librosa's features, worker processes",
    "features": "features, from recordings",
    "features_of_shards": "features, from shards",
    "prepare": "prepare, to shards",
}


def measured(job, **options):
    """What a job of `data_sides` returns, in a process of its own."""
    process = subprocess.run(
        [sys.executable, data_sides.__file__, job, json.dumps(options)],
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"},
    )
    for line in process.stdout.splitlines():
        if line.startswith("FIGURES "):
            return json.loads(line.removeprefix("FIGURES "))
    sys.exit(f"{job}: {process.stderr[-2000:]}")


def rates(corpus, rounds):
    """Hours of audio per minute of every side, medians of all rounds, and the ratios."""
    found = {job: [] for job in RATES}
    for number in range(rounds):
        for job in RATES:
            result = measured(job, **corpus)
            found[job].append(result["hours"] / result["seconds"] * 60)
            print(f"round {number + 1}: {job}: {found[job][-1]:.2f}", file=sys.stderr, flush=True)
    medians = {job: statistics.median(values) for job, values in found.items()}
    print("| | hours of audio per minute | against librosa |\n|---|---|---|")
    for job, label in RATES.items():
        print(f"| {label} | {medians[job]:.2f} | {medians[job] / medians['librosa']:.2f} |")
    print(flush=True)


def waiting(corpus, steps):
    """How long steps of training take, how long of it they wait, and what reading costs."""
    print("| training | step | waits for data | reading its batch from shards, one thread |")
    print("|---|---|---|---|")
    for model in ("Tacotron2", "Vocos"):
        result = measured("waiting", model=model, steps=steps, **corpus)
        step = statistics.median(result["steps"])
        share = sum(result["waits"]) / (sum(result["waits"]) + sum(result["steps"]))
        reading = statistics.median(result["readings"])
        print(
            f"| {model} | {1000 * step:.0f} ms | {share:.2%} of the time | "
            f"{1000 * reading:.1f} ms, {reading / step:.2%} of the step |",
            flush=True,
        )
    print()


def memory(corpus, times):
    """Highest memory of every process as the same recordings are taken several times."""
    print(f"| highest memory, MiB | corpus | {times} times the corpus | more |\n|---|---|---|---|")
    for job, label in (
        ("prepare", "prepare, this process"),
        ("prepare_worker", "prepare, a worker"),
        ("features_cached", "features, kept in a directory"),
        ("crops_cached", "crops of audio, kept in a directory"),
    ):
        one, many = (measured(job, **corpus, times=n)["memory"] for n in (1, times))
        print(f"| {label} | {one:.0f} | {many:.0f} | {many / one - 1:.0%} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="directory of recordings; default: made up")
    parser.add_argument("--layout", default="ljspeech", help="of --data; default: %(default)s")
    parser.add_argument("--recordings", type=int, default=300, help="how many at most")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=50, help="training steps timed")
    parser.add_argument("--times", type=int, default=10, help="by how much the corpus grows")
    parser.add_argument("--only", choices=("rates", "waiting", "memory"))
    parser.add_argument("--quick", action="store_true", help="40 recordings, a round, 5 steps")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.recordings, arguments.rounds, arguments.steps = 40, 1, 5
    with tempfile.TemporaryDirectory() as directory:
        layout, data = arguments.layout, arguments.data
        if data is None:
            layout, data = "ljspeech", os.path.join(directory, "made_up")
            data_sides.make_up(data, arguments.recordings)
        corpus = {"data": data, "layout": layout, "limit": arguments.recordings}
        corpus["directory"] = directory
        if arguments.only in (None, "rates"):
            rates(corpus, arguments.rounds)
        if arguments.only in (None, "waiting"):
            waiting(corpus, arguments.steps)
        if arguments.only in (None, "memory"):
            memory(corpus, arguments.times)


if __name__ == "__main__":
    main()

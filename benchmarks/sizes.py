"""What smaller weights save and cost: size, loading, speed, words understood, mels.

    python benchmarks/sizes.py
    python benchmarks/sizes.py --sentences 40 --no-wer
    python benchmarks/sizes.py --voices kathleen --variants float32 int8 --data recordings

Each variant of each bundled voice speaks the sentences of `examples/prose_sentences_200.txt` one
after another, in a process of its own. The word error rate is the closed-LM one of `keras-speech
evaluate`, with the standard error of such a sample of sentences; its recognizer takes most of the
time, and `--no-wer` leaves it out. It knows all of the sentences and, with `--data`, the corpus's
texts too, as in the voices' cards. Mels are compared with float32's over the cheapest warping path,
for timing may differ by a frame. For speeds, nothing else should run.
"""

import argparse
import io
import math
import tempfile
import zipfile
from pathlib import Path

import acoustic
import numpy as np
import sizes_sides
import vocoders

VARIANTS = (
    "float32", "float16", "int8", "pruned 30 %, int8", "pruned 50 %, int8",
    "LiteRT float32", "LiteRT float16", "LiteRT int8",
    "ONNX float32", "ONNX float16", "ONNX int8",
)  # fmt: skip
HEAD = (
    "| | models (MB) | deflated (MB) | loading (s) | real-time factor | words wrong "
    "| closed-LM WER | more than float32 | mel, RMS | largest |"
)
MODELS = (".keras", ".tflite", ".onnx")


def megabytes(path):
    """Size of the models in a directory, and of all of them in one deflated archive."""
    files = [file for file in sorted(Path(path).rglob("*")) if file.suffix in MODELS]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file)
    return sum(file.stat().st_size for file in files) / 1e6, len(buffer.getvalue()) / 1e6


def rate(errors):
    """Wrong words of all words, and the standard error of that as a ratio over sentences."""
    wrong, words = np.array(errors, "float64").T
    ratio = wrong.sum() / words.sum()
    return ratio, math.sqrt(((wrong - ratio * words) ** 2).sum()) / words.sum()


def mel_differences(reference, other):
    """RMS and largest difference of mels, in dB, over the path that pairs their frames."""
    from keras_speech.metrics import dtw_path

    differences = []
    with np.load(reference) as ours, np.load(other) as theirs:
        for name in ours:
            path = dtw_path(ours[name], theirs[name])
            differences.append(ours[name][path[:, 0]] - theirs[name][path[:, 1]])
    differences = np.concatenate(differences) * 20 / math.log(10)
    return math.sqrt((differences**2).mean()), np.abs(differences).max()


def row(label, figures, reference, path, mels):
    """A row of the table; `reference` has the figures of float32."""
    size, deflated = megabytes(path)
    cells = [
        label, f"{size:.1f}", f"{deflated:.1f}", f"{figures['loading']:.2f}",
        f"{figures['seconds'] / figures['sound']:.3f}",
    ]  # fmt: skip
    if "errors" in figures:
        errors, known = figures["errors"], reference["errors"]
        ratio, deviation = rate(errors)
        more = [[a - b, words] for (a, words), (b, _) in zip(errors, known, strict=True)]
        cells.append(f"{sum(a for a, _ in errors)} of {sum(b for _, b in errors):,}")
        cells.append(f"{ratio:.1%} ± {deviation:.1%}")
        cells.append("{:+.1%} ± {:.1%}".format(*rate(more)))
    else:
        cells += [""] * 3
    cells += [f"{each:.2f} dB" for each in mel_differences(mels["float32"], mels[label])]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--voices", nargs="+", default=["kathleen", "kathleen-tacotron2"])
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS), choices=VARIANTS)
    parser.add_argument("--sentences", type=int, default=200, help="how many are spoken")
    parser.add_argument("--no-wer", action="store_true", help="leave out the recognizer")
    parser.add_argument("--data", help="corpus in LJ Speech's layout: see above")
    arguments = parser.parse_args()
    variants = ["float32", *(each for each in arguments.variants if each != "float32")]
    options = ["--sentences", arguments.sentences]
    options += [] if arguments.no_wer else ["--scored"]
    options += ["--data", arguments.data] if arguments.data else []
    print(acoustic.machine(("tensorflow", "keras")) + "\n", flush=True)
    for name in arguments.voices:
        print(f"{name}\n\n{HEAD}\n" + "|---" * HEAD.count(" | ") + "|---|", flush=True)
        with tempfile.TemporaryDirectory() as directory:
            compare(name, variants, options, Path(directory))
        print(flush=True)


def compare(name, variants, options, directory):
    """Prints the rows of a voice."""
    mels, reference = {}, None
    for number, variant in enumerate(variants):
        path, mels[variant] = directory / str(number), directory / f"{number}.npz"
        what = [name, "--variant", variant, "--path", path]
        script = sizes_sides.__file__
        vocoders.measured("make", *what, script=script)
        spoken = ["speak", *what, "--mels", mels[variant], *options]
        figures = vocoders.measured(*spoken, script=script)
        if figures:
            reference = reference or figures
            print(row(variant, figures, reference, path, mels), flush=True)


if __name__ == "__main__":
    main()

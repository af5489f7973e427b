"""How soon and how fast each form of an exported voice answers, side by side.

    python benchmarks/serving.py
    python benchmarks/serving.py --voices kathleen --repeats 15

For each voice, exported once: this package's `Voice.speak`; the SavedModel by TensorFlow in Python
and by TensorFlow's C API, text in; LiteRT (float32 and int8) and ONNX, tokens in, sentence by
sentence. Each runs in a process of its own with two threads: loading (from the start of the imports
to the first request), the first request, and later ones, for one sentence and for a text of 100
words. Then the server, which streams that text: the time to its first sound. Figures are medians;
nothing else should run.
"""

import argparse
import tempfile

import acoustic
import serving_sides
import vocoders

LABELS = {
    "voice": "`Voice.speak`",
    "saved_model": "SavedModel, Python",
    "c_api": "SavedModel, C API",
    "litert": "LiteRT",
    "litert int8": "LiteRT, int8",
    "onnx": "ONNX",
}
HEAD = (
    "| | loading (s) | first request (s) | a sentence (s) | 100 words (s) "
    "| of sound (s) | seconds of sound a second | memory (GiB) |"
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--voices", nargs="+", default=["kathleen", "kathleen-tacotron2"])
    parser.add_argument("--sides", nargs="+", default=serving_sides.SIDES)
    parser.add_argument("--repeats", type=int, default=7, help="requests timed")
    arguments = parser.parse_args()
    print(
        acoustic.machine(packages=("tensorflow", "keras", "ai-edge-litert", "onnxruntime")) + "\n",
        flush=True,
    )
    for name in arguments.voices:
        print(f"{name}\n\n{HEAD}\n" + "|---" * 8 + "|", flush=True)
        with tempfile.TemporaryDirectory() as directory:
            compare(name, arguments.sides, arguments.repeats, directory)
        print(flush=True)


def compare(name, sides, repeats, directory):
    """Prints the rows of a voice, and what its server does."""
    options = ["--directory", directory, "--repeats", repeats]
    script = serving_sides.__file__
    vocoders.measured("make", name, *options, script=script)
    for side in sides:
        kept = vocoders.measured("run", "--side", side, *options, script=script)
        if kept:
            cells = [
                LABELS[side], f"{kept['loading']:.2f}", f"{kept['first']:.2f}",
                f"{kept['sentence']:.3f}", f"{kept['text']:.2f}", f"{kept['text sound']:.1f}",
                f"{kept['text sound'] / kept['text']:.1f}", f"{kept['memory']:.2f}",
            ]  # fmt: skip
            print("| " + " | ".join(cells) + " |", flush=True)
    kept = vocoders.measured("stream", name, *options, script=script)
    if kept:
        print(
            f"\nThe server's stream of the 100 words: first sound after {1000 * kept['first']:.0f} "
            f"ms, at the latest {1000 * kept['latest first']:.0f} ms; the end after "
            f"{kept['whole']:.2f} s."
        )


if __name__ == "__main__":
    main()

"""How soon and how fast whole voices speak: text in, sound out.

    python benchmarks/speaking.py
    python benchmarks/speaking.py --voices kathleen --repeats 9

For each voice, in a process of its own: loading it, warming it up, the first sound of a text of 300
words, and all of a text of 1,000 words, with the memory that this takes. Texts are the sentences of
`examples/prose_sentences_200.txt`. Figures are medians; nothing else should run.
"""

import argparse
import itertools
import json
import statistics
import time
from pathlib import Path

import acoustic
import vocoders
from vocoder_sides import memory, start_ours

SENTENCES = Path(__file__).parents[1] / "examples" / "prose_sentences_200.txt"


def prose(n_words):
    """Whole sentences of so many words, or a few more."""
    chosen, count = [], 0
    for sentence in itertools.cycle(SENTENCES.read_text(encoding="utf-8").splitlines()):
        if count >= n_words:
            return " ".join(chosen)
        chosen.append(sentence)
        count += len(sentence.split())


def clocked(function):
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def speak(name, repeats):
    """The figures of a voice; times in seconds, memory in GiB."""
    start_ours()
    from keras_speech.voices import Voice

    loading, voice = clocked(lambda: Voice.from_preset(name))
    warming, _ = clocked(voice.warm_up)
    after_warming = memory()
    firsts = []
    for _ in range(repeats):
        seconds, first = clocked(lambda: next(voice.stream(prose(300))))
        firsts.append(seconds)
    whole, sound = clocked(lambda: sum(speech.duration for speech in voice.stream(prose(1000))))
    return dict(
        loading=loading, warming=warming, first=firsts[0], firsts=statistics.median(firsts[1:]),
        first_sound=first.duration, whole=whole, sound=sound, memory=memory(),
        grown=memory() - after_warming,
    )  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--voices", nargs="+", default=["kathleen", "kathleen-tacotron2"])
    parser.add_argument("--repeats", type=int, default=5, help="first sentences timed")
    parser.add_argument("--voice", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.voice:
        print("FIGURES " + json.dumps(speak(arguments.voice, arguments.repeats)))
        return
    print(acoustic.machine() + "\n", flush=True)
    print(
        "| | loading (s) | warming up (s) | first sound, 300 words (s) | again (s) | of sound (s) "
        "| 1,000 words (s) | of sound (s) | real-time factor | memory (GiB) | of it the text |"
    )
    print("|---" * 11 + "|")
    for name in arguments.voices:
        kept = vocoders.measured("--voice", name, "--repeats", arguments.repeats, script=__file__)
        if kept:
            print(
                f"| {name} | {kept['loading']:.2f} | {kept['warming']:.2f} | {kept['first']:.2f} | "
                f"{kept['firsts']:.2f} | {kept['first_sound']:.1f} | {kept['whole']:.1f} | "
                f"{kept['sound']:.0f} | {kept['whole'] / kept['sound']:.3f} | "
                f"{kept['memory']:.2f} | {kept['grown']:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

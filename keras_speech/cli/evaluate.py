"""`keras-speech evaluate`: how well a voice is understood, and how near it is to recordings."""

import argparse

from keras_speech.cli import arguments as kinds
from keras_speech.cli.voices import require_voice

DESCRIPTION = """\
Compare a voice with recordings of the same sentences that were held out from its training.

Measures closed-LM word error rate (a speech recognizer that knows all texts of the corpus),
mel-cepstral distortion, F0 and voicing errors; beside them those of the recordings themselves and
of Griffin-Lim from their own spectrograms. Prints a table, and writes --out with report.json and a
page, index.html, with players and spectrograms. Needs `pip install keras-speech[evaluate]`.
"""

EPILOG = """\
examples:
  keras-speech evaluate kathleen --data recordings --split recordings/val.txt --out report
  keras-speech evaluate my_voice/voice --data LJSpeech-1.1 --split held_out_ids.txt --out report
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "evaluate",
        help="measure a voice against recordings",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument("voice", metavar="VOICE", help="name of a voice, or the directory of one")
    parser.add_argument("--data", required=True, metavar="DIR", help="directory of the recordings")
    parser.add_argument(
        "--split",
        required=True,
        metavar="FILE",
        help="file with the name of a recording per line: those to speak and compare",
    )
    parser.add_argument(
        "--out", "-o", required=True, metavar="DIR", help="new directory for the report"
    )
    parser.add_argument(
        "--layout",
        choices=("ljspeech", "vctk", "fsdd"),
        default="ljspeech",
        help="how --data is laid out; default: %(default)s",
    )
    parser.add_argument(
        "--seed",
        type=kinds.whole_number(0),
        default=0,
        metavar="N",
        help="of the voice; default: 0",
    )
    parser.set_defaults(run=run)


def run(arguments):
    require_voice(arguments.voice, option="VOICE")
    directory = kinds.require_directory(arguments.data, what="--data")
    split = kinds.require_file(arguments.split, what="--split")
    out = kinds.require_new_directory(arguments.out, what="--out")

    from keras_speech import data, evaluation
    from keras_speech.voices import Voice

    corpus = getattr(data, arguments.layout)(directory)
    part = corpus.subset(data.read_ids(split))
    voice = Voice.from_preset(arguments.voice)
    report = evaluation.evaluate_voice(voice, part, corpus, directory=out, seed=arguments.seed)
    print(report)
    print(f"{out.absolute() / 'index.html'}: players and spectrograms")
    return 0

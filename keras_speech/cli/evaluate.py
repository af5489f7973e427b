"""`keras-speech evaluate`: how well a voice is understood, and how near it is to recordings."""

import argparse
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli.layouts import LAYOUTS, read_corpus
from keras_speech.cli.progress import progress
from keras_speech.cli.quiet import load_quietly
from keras_speech.cli.voices import require_voice, speaker_of

DESCRIPTION = """\
Compare a voice with recordings of the same sentences that were held out from its training.

Measures closed-LM word error rate (a speech recognizer that knows all texts of the corpus),
mel-cepstral distortion, F0 and voicing errors; beside them those of the recordings themselves and
of Griffin-Lim from their own spectrograms. Prints a table, and writes --out/evaluation.json and a
page with players and spectrograms, --out/evaluation.html.
Needs `pip install keras-speech[evaluate]`.
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
        "--out",
        "-o",
        default="evaluation",
        metavar="DIR",
        help="directory for evaluation.json and evaluation.html; default: %(default)s",
    )
    parser.add_argument(
        "--layout",
        choices=LAYOUTS,
        default="ljspeech",
        help="how --data is laid out; default: %(default)s",
    )
    parser.add_argument(
        "--sentences",
        metavar="FILE",
        help="text file with further sentences, one per line, that have no recording",
    )
    parser.add_argument(
        "--limit",
        type=kinds.whole_number(1),
        metavar="N",
        help="test no more than the first N recordings and sentences",
    )
    parser.add_argument("--speaker", help="name or number of a speaker, for voices with several")
    parser.add_argument(
        "--seed",
        type=kinds.whole_number(0),
        default=0,
        metavar="N",
        help="seed of the voice; default: %(default)s",
    )
    parser.set_defaults(run=run)


def run(arguments):
    require_voice(arguments.voice, option="VOICE")
    directory = kinds.require_directory(arguments.data, what="--data")
    split = kinds.require_file(arguments.split, what="--split")
    sentences = []
    if arguments.sentences is not None:
        path = kinds.require_file(arguments.sentences, what="--sentences")
        sentences = kinds.decode(path.read_bytes(), path).splitlines()

    load_quietly(debug=arguments.debug)
    from keras_speech import data, evaluation
    from keras_speech.voices import Voice

    corpus = read_corpus(arguments.layout, directory)
    ids = data.read_ids(split)
    voice = Voice.from_preset(arguments.voice)
    with progress("Evaluating") as report:
        result = evaluation.evaluate_voice(
            voice,
            corpus,
            ids=ids,
            sentences=sentences,
            output_directory=Path(arguments.out).expanduser(),
            limit=arguments.limit,
            speaker=speaker_of(voice, arguments.speaker),
            seed=arguments.seed,
            progress=report,
        )
    print(evaluation.format_table(result))
    print(f"{Path(result['files']['html']).absolute()}: with players and spectrograms")
    print(f"{Path(result['files']['json']).absolute()}: every figure")
    return 0

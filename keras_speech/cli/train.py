"""`keras-speech train`: a command for each model; `training_run` does the work."""

import argparse

from keras_speech.cli import train_acoustic, train_vocoders, train_wavenet

DESCRIPTION = """\
Train a model on recordings. Each model has options of its own:
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
    train_acoustic.add_parsers(models, parents)
    train_wavenet.add_parser(models, parents)
    train_vocoders.add_parsers(models, parents)

"""`keras-speech train wavenet`: the arguments; `wavenet_run` does the work."""

import argparse

from keras_speech.cli import training_arguments
from keras_speech.cli.layouts import FOLDER, LAYOUTS

CONFIGS = ("small", "van_den_oord_2016", "tacotron2_vocoder")
HEADS = ("mu_law", "logistic_mixture")

DESCRIPTION = """\
Train a model of sound on a folder of recordings: music, voices, rain.

--out becomes a directory with
  model.keras, model.json   the model, for `keras-speech generate`, once training ends or is
                            interrupted
  samples/         what the model makes, every --sample-every epochs
  log.csv          losses of each epoch, in nats per sample, and bits per sample
  logs/            the same and the samples for TensorBoard: tensorboard --logdir OUT/logs
  checkpoint.npz   everything needed to go on after the last complete epoch
  features/        the recordings as they are read; may be deleted

Stop with Ctrl-C at any time. The same command goes on where it stopped; with more --epochs it
trains on.
"""

EPILOG = """\
examples:
  keras-speech train wavenet --data piano --epochs 20 --out my_piano
  keras-speech train wavenet --data VCTK-Corpus --layout vctk --segment 0.5 --batch-size 16 \\
      --epochs 50 --out babble
  keras-speech train wavenet --data recordings --vocoder --sample-rate 22050 \\
      --head logistic_mixture --average 0.999 --epochs 200 --out vocoder
"""


def add_parser(models, parents):
    parser = models.add_parser(
        "wavenet",
        help="a model of sound",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    data = parser.add_argument_group("data")
    training_arguments.add_data(
        data, layouts=(FOLDER, *LAYOUTS), default_layout=FOLDER, sample_rate=16000
    )
    training_arguments.add_segments(data, segment=1.0)
    _add_model(parser.add_argument_group("model"))
    training = training_arguments.add_training(
        parser,
        batch_size=8,
        batch_help="segments in a batch",
        learning_rate=1e-3,
        schedule="inverse_sqrt",
        clip_norm=1.0,
    )
    training_arguments.add_samples(training)
    parser.set_defaults(run=run, command="train wavenet")


def _add_model(group):
    group.add_argument(
        "--config",
        type=lambda name: name.lower().replace("-", "_"),
        choices=CONFIGS,
        default="small",
        help="size of the model: small learns on a processor in hours, the published ones do not; "
        "default: %(default)s",
    )
    group.add_argument(
        "--head",
        choices=HEADS,
        help="how a sample is described: one of 256 levels, which hiss a little, or a mixture of "
        "logistics over 65,536, which learns more slowly; default: the config's, mu_law for small",
    )
    group.add_argument(
        "--vocoder",
        action="store_true",
        help="learn to turn mel spectrograms into sound, as --config tacotron2_vocoder does; "
        "default: sound from nothing",
    )


def run(arguments):
    # Not at the top: --help should not wait for what training needs.
    from keras_speech.cli.wavenet_run import WaveNetRun

    return WaveNetRun(arguments)()

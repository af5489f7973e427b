"""`keras-speech train vocos`, `hifigan`, `waveglow`: arguments; `vocoder_run` does the work."""

import argparse
import math

from keras_speech.cli import arguments as kinds
from keras_speech.cli import training_arguments, vocoder_recipes
from keras_speech.cli.layouts import FOLDER, LAYOUTS

CONFIGS = {
    "vocos": ("small", "published"),
    "hifigan": ("small", "v1", "v2", "v3"),
    "waveglow": ("small", "channels_256", "channels_512"),
}
WHAT = {
    "vocos": "a vocoder that is fast on any processor",
    "hifigan": "the vocoder that most people use",
    "waveglow": "a vocoder that is a normalizing flow",
}

DESCRIPTION = """\
Train {what}, on a folder of recordings.

--out becomes a directory with
  model.keras, model.json   the model, for `keras-speech speak --vocoder` and `keras-speech
                            generate --mel-of`, once training ends or is interrupted
  samples/         a recording as the model makes it again, every --sample-every epochs
  log.csv          losses of each epoch
  logs/            the same and the samples for TensorBoard: tensorboard --logdir OUT/logs
  checkpoint.npz   everything needed to go on after the last complete epoch
  features/        the recordings as they are read; may be deleted
{warm}
It reads mel spectrograms as `keras-speech train tacotron2` makes them at --sample-rate, so that any
such voice can speak with it, the bundled ones too. Bring the recordings to the level that the
voice's own were at.

Stop with Ctrl-C at any time. The same command goes on where it stopped; with more --epochs it
trains on.
"""
WARM = "  warm/            the same of the --warm-epochs\n"

EPILOG = {
    "vocos": """\
examples:
  keras-speech train vocos --data recordings --warm-epochs 30 --epochs 100 --average 0.999 \\
      --out my_vocoder
  keras-speech speak "Hello." --vocoder my_vocoder
  keras-speech train vocos --start my_vocoder --data recordings --layout ljspeech \\
      --mels-of my_voice/voice --epochs 20 --out my_tuned_vocoder
""",
    "hifigan": """\
examples:
  keras-speech train hifigan --data LJSpeech-1.1 --layout ljspeech --config v2 \\
      --discriminators published --warm-epochs 5 --epochs 200 --out my_vocoder
  keras-speech speak "Hello." --vocoder my_vocoder
""",
    "waveglow": """\
examples:
  keras-speech train waveglow --data LJSpeech-1.1 --layout ljspeech --config channels_256 \\
      --batch-size 3 --epochs 500 --remat --out my_vocoder
  keras-speech speak "Hello." --vocoder my_vocoder
""",
}

# The segments that each was published with, to the nearest twentieth of a second.
SEGMENTS = {"vocos": 0.75, "hifigan": 0.4, "waveglow": 0.75}
RATES = {"vocos": 3e-4, "hifigan": 2e-4, "waveglow": 1e-4}
WARM_RATES = {"vocos": 1e-3, "hifigan": 5e-4}

# What players against each other learn with.
ADVERSARIAL = {"optimizer": "adamw", "beta_1": 0.8, "beta_2": 0.99, "weight_decay": 1e-3}


def add_parsers(models, parents):
    """Adds a parser for each vocoder."""
    for model in CONFIGS:
        _add_parser(models, parents, model)


def _add_parser(models, parents, model):
    adversarial = model in WARM_RATES
    parser = models.add_parser(
        model,
        help=WHAT[model],
        description=DESCRIPTION.format(what=WHAT[model], warm=WARM if adversarial else ""),
        epilog=EPILOG[model],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    data = parser.add_argument_group("data")
    training_arguments.add_data(
        data, layouts=(FOLDER, *LAYOUTS), default_layout=FOLDER, sample_rate=22050
    )
    training_arguments.add_segments(data, segment=SEGMENTS[model])
    data.add_argument(
        "--mels-like",
        metavar="MODEL",
        help="voice or vocoder, by name or directory, whose kind of mel spectrograms to read; "
        "default: the usual one at --sample-rate",
    )
    data.add_argument(
        "--mels-of",
        metavar="VOICE",
        help="voice whose mel spectrograms of the same words to read instead of the recordings' "
        "own, so as to make up for what it blurs: for the last epochs, with --start",
    )
    _add_model(parser.add_argument_group("model"), model, adversarial)
    training = training_arguments.add_training(
        parser,
        batch_size=8,
        batch_help="segments in a batch",
        learning_rate=RATES[model],
        schedule="cosine" if adversarial else "constant",
        clip_norm=100.0 if adversarial else 10.0,
        **(ADVERSARIAL if adversarial else {}),
    )
    if adversarial:
        _add_warm_start(training, model)
    training_arguments.add_samples(training)
    parser.set_defaults(run=run, command=f"train {model}")


def _add_model(group, model, adversarial):
    group.add_argument(
        "--config",
        type=lambda name: name.lower().replace("-", "_"),
        choices=CONFIGS[model],
        default="small",
        help="size of the model: small learns on a processor in hours, the published ones want a "
        "GPU; default: %(default)s",
    )
    group.add_argument(
        "--start",
        metavar="MODEL",
        help="directory or .keras file of a trained model to begin with, in place of --config",
    )
    if adversarial:
        group.add_argument(
            "--discriminators",
            choices=vocoder_recipes.SIZES,
            default="small",
            help="what it learns to deceive: none (spectra alone, which buzz a little), small "
            "ones, or the published, which cost more than the model; default: %(default)s",
        )
    else:
        group.add_argument(
            "--remat",
            action="store_true",
            help="train in a fraction of the memory, for about a third more time",
        )


def _add_warm_start(group, model):
    group.add_argument(
        "--warm-epochs",
        type=kinds.whole_number(0),
        default=0,
        metavar="N",
        help="epochs on spectra alone, before those of --epochs, in which discriminators take "
        "part; cheap, and a good beginning; default: %(default)s",
    )
    group.add_argument(
        "--warm-learning-rate",
        type=kinds.number(0, math.inf, above=True),
        default=WARM_RATES[model],
        metavar="RATE",
        help="the highest learning rate of the --warm-epochs; default: %(default)s",
    )


def run(arguments):
    # Not at the top: --help should not wait for what training needs.
    from keras_speech.cli.vocoder_run import AdversarialRun, WaveGlowRun

    runs = {"vocos": AdversarialRun, "hifigan": AdversarialRun, "waveglow": WaveGlowRun}
    return runs[arguments.model](arguments)()

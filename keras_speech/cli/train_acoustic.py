"""`keras-speech train tacotron2` and its like: the arguments; `acoustic_run` does the work."""

import argparse
import textwrap

from keras_speech.cli import arguments as kinds
from keras_speech.cli import tokenizers, training_arguments
from keras_speech.cli.acoustic_recipes import RECIPES
from keras_speech.cli.layouts import LAYOUTS

DESCRIPTION = """\
Train a voice on recordings of somebody reading, and their texts.

{about}

Every few epochs it says here whether it has learned to read, and if not, what to try.

--out becomes a directory with
  checkpoint.npz   everything needed to go on after the last complete epoch
  log.csv          losses of each epoch, and how fast it went
  logs/            all that, and what follows, for TensorBoard: tensorboard --logdir OUT/logs
  alignments/      pictures: one rising line means that the model has learned to read
  mels/            pictures: predicted mel spectrograms beside the recorded ones
  samples/         what it sounds like, by Griffin-Lim
  voice/           the voice, for `keras-speech speak --voice`, once training ends or is interrupted
  features/        what was measured of the recordings; may be deleted

Stop with Ctrl-C at any time. The same command goes on where it stopped; with more --epochs it
trains on.
"""

EPILOG = """\
examples:
  keras-speech train {model} --data LJSpeech-1.1 --epochs 200 --out my_voice
  keras-speech train {model} --data VCTK-Corpus --layout vctk --config {config} \\
      --epochs 100 --batch-size 32 --out many_voices
  keras-speech train {model} --data recordings --tokenizer phones \\
      --validation held_out_ids.txt --epochs 300 --out my_voice
  keras-speech train {model} --data aufnahmen --tokenizer espeak --language de \\
      --epochs 200 --out my_german_voice

the ljspeech layout:
  recordings/metadata.csv     a line per recording: name|what is said
  recordings/wavs/name.wav    or .flac, .mp3, .ogg
"""


def add_parsers(models, parents):
    """Adds a command for each of the `RECIPES`."""
    for name, recipe in RECIPES.items():
        _add_parser(name, recipe, models, parents)


def _add_parser(name, recipe, models, parents):
    parser = models.add_parser(
        name,
        help=recipe.help,
        description=DESCRIPTION.format(about=textwrap.fill(recipe.about, 98)),
        epilog=EPILOG.format(model=name, config=tuple(recipe.configs)[1]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    training_arguments.add_data(
        parser.add_argument_group("data"),
        layouts=LAYOUTS,
        default_layout="ljspeech",
        sample_rate=22050,
    )
    _add_model(parser.add_argument_group("model"), recipe)
    training = training_arguments.add_training(
        parser,
        batch_size=16,
        batch_help="recordings in a batch",
        learning_rate=1e-3,
        schedule="inverse_sqrt",
        clip_norm=1.0,
    )
    training.add_argument(
        "--plot-every",
        type=kinds.whole_number(0),
        default=5,
        metavar="N",
        help="epochs between pictures of alignments and mels, 0 for none; default: %(default)s",
    )
    training.add_argument(
        "--sample-every",
        type=kinds.whole_number(0),
        default=5,
        metavar="N",
        help="epochs between audio samples, 0 for none; default: %(default)s",
    )
    training.add_argument(
        "--check-every",
        type=kinds.whole_number(0),
        default=5,
        metavar="N",
        help="epochs between examinations of the alignment, whose outcome is printed, 0 for none; "
        "default: %(default)s",
    )
    parser.set_defaults(run=run, command=f"train {name}")


def _add_model(group, recipe):
    group.add_argument(
        "--config",
        type=str.lower,
        choices=tuple(recipe.configs),
        default=next(iter(recipe.configs)),
        help="size of the model: "
        + "; ".join(f"{name} {said}" for name, said in recipe.configs.items())
        + "; default: %(default)s",
    )
    tokenizers.add_options(group)
    if recipe.durations:
        group.add_argument(
            "--phone-times",
            metavar="PATH",
            help="when each phone of the recordings sounds: a directory of TextGrids, which needs "
            "--tokenizer phones, or a .json or .jsonl file, such as `keras-speech align` writes; "
            f"{recipe.durations}",
        )
    if "reduction" in recipe.options:
        group.add_argument(
            "--reduction",
            type=kinds.whole_number(1),
            metavar="N",
            help="frames made in a step; 2 or more learns faster from little data; "
            "default: the config's",
        )
    if "scheduled_sampling" in recipe.options:
        group.add_argument(
            "--scheduled-sampling",
            type=kinds.number(0, 1),
            default=0,
            metavar="SHARE",
            help="share of the frames read in training that are the model's own; 0.75 helps where "
            "little data gives a blurred voice; default: %(default)s",
        )


def run(arguments):
    tokenizers.check(arguments)
    if getattr(arguments, "phone_times", None) is not None:
        arguments.phone_times = str(kinds.phone_times(arguments))

    # Not at the top: --help should not wait for what training needs.
    from keras_speech.cli.acoustic_run import AcousticRun

    return AcousticRun(arguments)()

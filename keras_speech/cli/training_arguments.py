"""Arguments that the trainings of all models share."""

import math

from keras_speech.cli import arguments as kinds
from keras_speech.cli import optimizer_arguments


def add_data(group, *, layouts, default_layout, sample_rate):
    """Adds where recordings come from, and what is done to them."""
    group.add_argument("--data", required=True, metavar="DIR", help="directory of the recordings")
    group.add_argument(
        "--out", "-o", required=True, metavar="DIR", help="directory of this training, new or begun"
    )
    group.add_argument(
        "--layout",
        choices=layouts,
        default=default_layout,
        help="how --data is laid out; default: %(default)s, or shards where it holds those, as "
        "`keras-speech prepare` writes them",
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
        default=sample_rate,
        metavar="HZ",
        help="rate of what the model makes; recordings are resampled to it; default: %(default)s",
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


def add_segments(group, *, segment):
    """Adds how recordings are cut; `segment` is the default length in seconds."""
    group.add_argument(
        "--segment",
        type=kinds.number(0, math.inf, above=True),
        default=segment,
        metavar="SECONDS",
        help="length of the pieces that training sees; default: %(default)s",
    )
    group.add_argument(
        "--balance",
        choices=["files", "seconds"],
        default="files",
        help="what is equally likely to be heard: each file, or each second; default: %(default)s",
    )
    group.add_argument(
        "--silence-db",
        type=kinds.number(-120, -1),
        metavar="DB",
        help="avoid pieces quieter than this under their recording's loudest, such as -40; "
        "default: not avoided",
    )


def add_samples(group):
    """Adds how long an epoch is, and what is heard of it."""
    group.add_argument(
        "--steps-per-epoch",
        type=kinds.whole_number(1),
        metavar="N",
        help="batches in an epoch; default: as many as are as long as all recordings",
    )
    group.add_argument(
        "--sample-every",
        type=kinds.whole_number(0),
        default=5,
        metavar="N",
        help="epochs between audio samples, 0 for none; default: %(default)s",
    )
    group.add_argument(
        "--sample-seconds",
        type=kinds.number(0, 600, above=True),
        default=3.0,
        metavar="SECONDS",
        help="length of an audio sample; default: %(default)s",
    )


def add_training(parser, *, batch_size, batch_help, learning_rate, schedule, clip_norm, **settings):
    """Adds what the resumable loop takes, and how the model learns; the keywords are defaults.

    Returns: the group of arguments, for those of the model.
    """
    group = parser.add_argument_group("training")
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
        default=batch_size,
        metavar="N",
        help=f"{batch_help}; fewer need less memory; default: %(default)s",
    )
    group.add_argument(
        "--keep",
        choices=["last", "best"],
        default="last",
        help="which epoch's weights are kept in the end: the last, or the one with the least "
        "validation loss; default: %(default)s",
    )
    group.add_argument(
        "--checkpoint-every",
        type=kinds.whole_number(0),
        default=200,
        metavar="N",
        help="batches between checkpoints within an epoch, 0 for none but after each; what is lost "
        "if the machine fails; default: %(default)s",
    )
    group.add_argument(
        "--strategy",
        choices=["none", "mirrored", "multi_worker", "data_parallel"],
        default="none",
        help="devices that share each batch: all GPUs of this machine (mirrored; on JAX "
        "data_parallel), or this process and others as TF_CONFIG says (multi_worker); default: "
        "%(default)s, one",
    )
    group.add_argument(
        "--seed",
        type=kinds.whole_number(0),
        default=0,
        metavar="N",
        help="the same seed repeats the same training; default: %(default)s",
    )
    group.add_argument(
        "--config-file",
        metavar="FILE",
        help="take options from a .json, .yaml or .yml file, such as the training.json of another "
        "training: epochs: 100, batch-size: 8 and so on, by the names that are here; what is given "
        "here wins",
    )
    group.add_argument(
        "--dry-run",
        action="store_true",
        help="write nothing: print the model's parts, how much data there is, and the memory that "
        "a step on the longest batch took",
    )
    of_model = {"clip_norm": clip_norm, **settings}
    optimizer_arguments.add_options(
        parser.add_argument_group("optimizer"),
        learning_rate=learning_rate,
        schedule=schedule,
        **of_model,
    )
    parser.set_defaults(of_model=of_model)
    return group

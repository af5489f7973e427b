"""How the trainings of all models learn: optimizer, learning rate, clipping, averages, precision.

What `keras_speech.optimizers.get` takes, by flags. The names are here once more, for help and
errors should not wait for Keras.
"""

import math

from keras_speech.cli import arguments as kinds
from keras_speech.cli.errors import UsageError

SCHEDULES = ("inverse_sqrt", "cosine", "exponential", "constant")
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")

# optimizer -> which of the options below it takes
OPTIMIZERS = {
    "sgd": (),
    "momentum": ("momentum",),
    "nesterov": ("momentum",),
    "adagrad": ("epsilon",),
    "adadelta": ("rho", "epsilon"),
    "rmsprop": ("rho", "momentum", "epsilon"),
    "adam": ("beta_1", "beta_2", "epsilon"),
    "adamw": ("beta_1", "beta_2", "epsilon"),
    "adamax": ("beta_1", "beta_2", "epsilon"),
    "nadam": ("beta_1", "beta_2", "epsilon"),
    "adafactor": (),
    "ftrl": (),
    "lamb": ("beta_1", "beta_2", "epsilon"),
    "lion": ("beta_1", "beta_2"),
    "muon": ("momentum", "epsilon"),
    "radam": ("beta_1", "beta_2", "epsilon"),
}
OF_OPTIMIZERS = ("momentum", "rho", "beta_1", "beta_2", "epsilon")

# option -> the schedule that takes it
OF_SCHEDULES = {"final": "cosine", "decay_steps": "exponential", "decay_rate": "exponential"}

CLIPS = ("clip_norm", "clip_each_norm", "clip_value")


def add_options(group, *, learning_rate, schedule, clip_norm, optimizer="adam", **settings):
    """Adds them; the keywords are a model's defaults.

    Args:
        group: of arguments.
        learning_rate, schedule, clip_norm, optimizer: defaults.
        settings: what the default optimizer is made with, such as `beta_1`.
    """
    _add_optimizer(group, optimizer, settings)
    _add_schedule(group, learning_rate, schedule)
    _add_clipping(group, clip_norm)
    group.add_argument(
        "--average",
        type=kinds.number(0, 0.99999, above=True),
        metavar="MOMENTUM",
        help="keep a running average of the weights, such as 0.999, which is what is evaluated and "
        "saved; default: not",
    )
    group.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="float32",
        help="what the model computes in: half the memory of activations in 16 bits, and faster "
        "where the hardware has them (mixed_bfloat16: GPUs from 2020 on, some processors; "
        "mixed_float16: older GPUs, with losses scaled). What is saved computes in float32; "
        "default: %(default)s",
    )


def _add_optimizer(group, optimizer, settings):
    group.add_argument(
        "--optimizer",
        type=str.lower,
        choices=tuple(OPTIMIZERS),
        default=optimizer,
        metavar="NAME",
        help=f"{', '.join(OPTIMIZERS)}; default: %(default)s"
        + "".join(f", {_flag(name)} {value:g}" for name, value in settings.items()),
    )
    below_1 = kinds.number(0, 0.999999)
    for name, kind, what in (
        ("momentum", below_1, "share of the last step in the next"),
        ("rho", below_1, "decay of the mean squared gradient"),
        ("beta_1", below_1, "decay of the mean gradient"),
        ("beta_2", below_1, "decay of the mean squared gradient (for lion, of the mean)"),
        ("epsilon", kinds.number(0, 1, above=True), "what keeps steps of tiny gradients small"),
    ):
        takers = [optimizer for optimizer, takes in OPTIMIZERS.items() if name in takes]
        group.add_argument(
            _flag(name),
            type=kind,
            metavar="X",
            help=f"{what}, of {', '.join(takers)}; default: its own",
        )
    group.add_argument(
        "--weight-decay",
        type=kinds.number(0, 1),
        metavar="SHARE",
        help="what a step takes away of each weight, times the learning rate; default: the "
        "optimizer's own, mostly none",
    )
    group.add_argument(
        "--lookahead",
        action="store_true",
        help="let slow weights follow the optimizer's, half the way every 6 steps",
    )


def _add_schedule(group, learning_rate, schedule):
    group.add_argument(
        "--learning-rate",
        type=kinds.number(0, math.inf, above=True),
        default=learning_rate,
        metavar="RATE",
        help="the highest learning rate; suits the default optimizer: SGD and Adadelta want more, "
        "Lion less; default: %(default)s",
    )
    group.add_argument(
        "--schedule",
        choices=SCHEDULES,
        default=schedule,
        help="how the learning rate falls after the warm-up: with one over the square root of the "
        "batches (Noam), in half a cosine that ends at --epochs, by a share, or not at all; "
        "default: %(default)s",
    )
    group.add_argument(
        "--warmup-steps",
        type=kinds.whole_number(0),
        metavar="N",
        help="batches until the highest learning rate; default: 1000 for inverse_sqrt, as many or "
        "a twentieth of the run for cosine, else 0",
    )
    group.add_argument(
        "--final",
        type=kinds.number(0, 1),
        metavar="SHARE",
        help="share of the learning rate that cosine ends with; default: 0.01",
    )
    group.add_argument(
        "--decay-rate",
        type=kinds.number(0, 1, above=True),
        metavar="SHARE",
        help="what exponential leaves of the learning rate after --decay-steps; default: 0.99",
    )
    group.add_argument(
        "--decay-steps",
        type=kinds.whole_number(1),
        metavar="N",
        help="batches in which exponential falls by --decay-rate; default: an epoch",
    )


def _add_clipping(group, clip_norm):
    positive = kinds.number(0, math.inf, above=True)
    group.add_argument(
        "--clip-norm",
        type=kinds.number(0, math.inf),
        metavar="NORM",
        help=f"limit of the norm of all gradients together, 0 for none; default: {clip_norm:g}",
    )
    group.add_argument(
        "--clip-each-norm",
        type=positive,
        metavar="NORM",
        help="limit of the norm of each weight's gradient, in place of --clip-norm",
    )
    group.add_argument(
        "--clip-value",
        type=positive,
        metavar="X",
        help="limit of each number in the gradients, in place of --clip-norm",
    )


def gives_way(filed, given):
    """Names of options in a file that a flag puts out of force: those of what it replaces."""
    names = set()
    for name, dependent in (
        ("optimizer", (*OF_OPTIMIZERS, "weight_decay")),
        ("schedule", (*OF_SCHEDULES, "warmup_steps")),
    ):
        if name in given and given[name] != filed.get(name):
            names |= {*dependent}
    if given.keys() & {*CLIPS}:
        names |= {*CLIPS}
    return names


def settle(arguments, *, optimizer="adam", clip_norm, **settings):
    """Puts the model's defaults where nothing else was said, and refuses what does not fit.

    Args:
        arguments: namespace; it is changed.
        optimizer, clip_norm, settings: as in `add_options`.

    Raises:
        UsageError: options that exclude each other, or that the optimizer or schedule does not
            take.
    """
    if arguments.optimizer == optimizer:
        for name, value in settings.items():
            if getattr(arguments, name) is None:
                setattr(arguments, name, value)
    for name in OF_OPTIMIZERS:
        if getattr(arguments, name) is not None and name not in OPTIMIZERS[arguments.optimizer]:
            raise UsageError(f"--optimizer {arguments.optimizer} has no {_flag(name)}.")
    for name, schedule in OF_SCHEDULES.items():
        if getattr(arguments, name) is not None and arguments.schedule != schedule:
            raise UsageError(f"{_flag(name)} is for --schedule {schedule}.")
    if arguments.schedule == "inverse_sqrt" and arguments.warmup_steps == 0:
        raise UsageError("--schedule inverse_sqrt needs --warmup-steps of 1 or more.")
    clips = [name for name in CLIPS if getattr(arguments, name) is not None]
    if len(clips) > 1:
        raise UsageError(f"give {' or '.join(map(_flag, clips))}, not both.")
    if not clips:
        arguments.clip_norm = clip_norm


def keywords(arguments):
    """Returns the keywords of `training.train` that say how to learn."""
    names = ("learning_rate", "schedule", "warmup_steps", *OF_SCHEDULES, *OF_OPTIMIZERS)
    names += ("weight_decay", "clip_each_norm", "clip_value", "lookahead")
    found = {name: getattr(arguments, name) for name in names}
    found["ema_momentum"] = arguments.average
    found = {name: value for name, value in found.items() if value is not None}
    if arguments.clip_norm is not None:
        found["clip_norm"] = arguments.clip_norm or None
    return {"optimizer": arguments.optimizer, **found}


def _flag(name):
    return f"--{name.replace('_', '-')}"

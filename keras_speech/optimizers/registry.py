"""Optimizers by name, with everything that a training asks of them."""

import inspect

import keras

from keras_speech.optimizers.lookahead import Lookahead
from keras_speech.optimizers.rectified_adam import RectifiedAdam
from keras_speech.optimizers.schedules import learning_rate_schedule

# name -> class (by name, if it is Keras's) and what sets it apart from others of the class
OPTIMIZERS = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {}),
    "adadelta": ("Adadelta", {}),
    "rmsprop": ("RMSprop", {}),
    "adam": ("Adam", {}),
    "adamw": ("AdamW", {}),
    "adamax": ("Adamax", {}),
    "nadam": ("Nadam", {}),
    "adafactor": ("Adafactor", {}),
    "ftrl": ("Ftrl", {}),
    "lamb": ("Lamb", {}),
    "lion": ("Lion", {}),
    "muon": ("Muon", {}),
    "radam": (RectifiedAdam, {}),
}

# What Keras's optimizers take one like the other; `get` has arguments of its own for it.
_SHARED = {
    "learning_rate", "weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema",
    "ema_momentum", "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps",
    "name",
}  # fmt: skip


def get(
    name="adam",
    learning_rate=1e-3,
    *,
    schedule="constant",
    warmup_steps=None,
    total_steps=None,
    steps_per_epoch=None,
    final=None,
    decay_steps=None,
    decay_rate=None,
    clip_norm=None,
    clip_each_norm=None,
    clip_value=None,
    weight_decay=None,
    ema_momentum=None,
    lookahead=False,
    **options,
):
    """Returns an optimizer, for `model.compile`.

    Args:
        name: one of Keras's, in lower case: `"sgd"`, `"adagrad"`, `"adadelta"`, `"rmsprop"`,
            `"adam"`, `"adamw"`, `"adamax"`, `"nadam"`, `"adafactor"`, `"ftrl"`, `"lamb"`, `"lion"`
            or `"muon"`; `"momentum"` or `"nesterov"`, which are SGD with a momentum of 0.9; or
            `"radam"`, `RectifiedAdam`. Defaults to `"adam"`.
        learning_rate: the highest value. Defaults to `1e-3`, which suits Adam and its relatives;
            SGD and Adadelta want more, Lion about a fifth.
        schedule, warmup_steps, total_steps, steps_per_epoch, final, decay_steps, decay_rate: as in
            `learning_rate_schedule`; a constant rate by default.
        clip_norm: limit of the norm of all gradients together, Keras's `global_clipnorm`. Defaults
            to none.
        clip_each_norm: limit of the norm of each weight's gradient, Keras's `clipnorm`.
        clip_value: limit of each number in the gradients, Keras's `clipvalue`. One of the three may
            be given.
        weight_decay: share of each weight, times the learning rate, that a step takes away.
            Defaults to the optimizer's own.
        ema_momentum: such as `0.999`, to also keep a running average of the weights, Keras's
            `use_ema`. Defaults to none. `fit` alone leaves the averages in the model as it ends;
            `training.train` also evaluates them and goes on from both.
        lookahead: whether `Lookahead` goes around it. Defaults to `False`.
        options: what else the optimizer takes, such as `momentum`, `rho`, `beta_1`, `beta_2` and
            `epsilon`.

    Returns: `keras.optimizers.Optimizer`.

    Raises:
        ValueError: an unknown name, an argument out of its range or one that this optimizer or
            schedule does not take, or two ways of clipping.

    Example:

    >>> optimizer = get("lion", 2e-4, schedule="cosine", total_steps=10_000, weight_decay=0.01)
    >>> optimizer.name
    'lion'
    """
    if name not in OPTIMIZERS:
        raise ValueError(f"`name` must be one of {', '.join(OPTIMIZERS)}. Received: name={name!r}.")
    for option, value in options.items():
        if option not in takes(name):
            raise ValueError(
                f"`{option}` is no option of {name}, which has {', '.join(takes(name)) or 'none'}. "
                f"Received: {option}={value!r}."
            )
    clips = {"clip_norm": clip_norm, "clip_each_norm": clip_each_norm, "clip_value": clip_value}
    clips = {clip: limit for clip, limit in clips.items() if limit is not None}
    if len(clips) > 1:
        raise ValueError(f"`{'` and `'.join(clips)}` exclude each other. Received: {clips}.")
    for clip, limit in clips.items():
        if not 0 < limit < float("inf"):
            raise ValueError(f"`{clip}` must be a number above 0. Received: {clip}={limit}.")
    if ema_momentum is not None:
        if not 0 < ema_momentum < 1:
            raise ValueError(
                f"`ema_momentum` must be between 0 and 1. Received: ema_momentum={ema_momentum}."
            )
        options |= {"use_ema": True, "ema_momentum": ema_momentum}
    if weight_decay is not None:
        if weight_decay < 0:
            raise ValueError(
                f"`weight_decay` must not be negative. Received: weight_decay={weight_decay}."
            )
        options["weight_decay"] = weight_decay
    rate = learning_rate_schedule(
        schedule,
        learning_rate=learning_rate,
        warmup_steps=warmup_steps,
        total_steps=total_steps,
        steps_per_epoch=steps_per_epoch,
        final=final,
        decay_steps=decay_steps,
        decay_rate=decay_rate,
    )
    fixed = OPTIMIZERS[name][1]
    optimizer = _class(name)(
        rate,
        clipnorm=clip_each_norm,
        global_clipnorm=clip_norm,
        clipvalue=clip_value,
        **{**fixed, **options},
    )
    return Lookahead(optimizer) if lookahead else optimizer


def takes(name):
    """Lists what an optimizer takes beside what all take, as `get` does in `options`.

    Args:
        name: one of those of `get`.

    Example:

    >>> takes("nesterov")
    ['momentum']
    """
    own = [
        parameter.name
        for parameter in inspect.signature(_class(name)).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD and parameter.name not in _SHARED
    ]
    # Three names share Keras's SGD: the plain one has no momentum, and one alone looks ahead.
    left_out = {"sgd": own, "momentum": ["nesterov"], "nesterov": ["nesterov"]}.get(name, ())
    return [option for option in own if option not in left_out]


def _class(name):
    of = OPTIMIZERS[name][0]
    return getattr(keras.optimizers, of) if isinstance(of, str) else of

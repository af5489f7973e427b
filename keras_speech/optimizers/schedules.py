"""Learning rates by the name of their shape."""

import keras

from keras_speech.optimizers.warmup import Warmup
from keras_speech.optimizers.warmup_inverse_square_root import WarmupInverseSquareRoot

SCHEDULES = ("inverse_sqrt", "cosine", "exponential", "constant")

# Arguments that only one shape has a use for.
TAKEN_BY = {"final": "cosine", "decay_steps": "exponential", "decay_rate": "exponential"}


def learning_rate_schedule(
    name="inverse_sqrt",
    *,
    learning_rate=1e-3,
    warmup_steps=None,
    total_steps=None,
    steps_per_epoch=None,
    final=None,
    decay_steps=None,
    decay_rate=None,
):
    """Returns a learning rate for an optimizer by the name of its shape.

    With `s` the number of updates made so far plus one, `w` the warm-up steps and `r` the highest
    rate, all rise as `r * s / w` while `s < w`, and then:

    - `"constant"`: `r`
    - `"inverse_sqrt"`: `r * sqrt(w / s)`, also known as Noam
    - `"exponential"`: `r * decay_rate ** ((s - w) / decay_steps)`
    - `"cosine"`: half a cosine from `r` down to `final * r` at `total_steps`. It is Keras's own,
      whose rise begins with 0: of `s - 1` in place of `s`.

    Args:
        name: one of the above. Defaults to `"inverse_sqrt"`.
        learning_rate: the highest value, above 0. Defaults to `1e-3`.
        warmup_steps: updates until the highest value. Defaults to 1,000 for `"inverse_sqrt"`, which
            needs at least 1; for `"cosine"` to the lesser of 1,000 and a twentieth of
            `total_steps`; else to 0.
        total_steps: updates in the whole run; only `"cosine"` needs it.
        steps_per_epoch: updates in an epoch; only `"exponential"` without `decay_steps` needs it.
        final: share of the learning rate that is left at the end of the cosine. Defaults to `0.01`.
        decay_steps: updates in which the exponential falls by `decay_rate`. Defaults to an epoch's.
        decay_rate: see there; in `(0, 1]`. Defaults to `0.99`.

    Returns: a float, or a `keras.optimizers.schedules.LearningRateSchedule`.

    Raises:
        ValueError: an unknown name, an argument out of its range or for another shape, or a cosine
            without `total_steps`.

    Example:

    >>> schedule = learning_rate_schedule("exponential", decay_steps=100, decay_rate=0.5)
    >>> round(float(schedule(100)), 6)
    0.0005
    """
    if name not in SCHEDULES:
        raise ValueError(f"`name` must be one of {', '.join(SCHEDULES)}. Received: name={name!r}.")
    given = {"final": final, "decay_steps": decay_steps, "decay_rate": decay_rate}
    for argument, value in given.items():
        if value is not None and name != TAKEN_BY[argument]:
            raise ValueError(
                f"`{argument}` is for {TAKEN_BY[argument]!r}. "
                f"Received: {argument}={value}, name={name!r}."
            )
    if not 0 < learning_rate < float("inf"):
        raise ValueError(
            f"`learning_rate` must be a number above 0. Received: learning_rate={learning_rate}."
        )
    if warmup_steps is not None and warmup_steps < 0:
        raise ValueError(
            f"`warmup_steps` must not be negative. Received: warmup_steps={warmup_steps}."
        )
    if name == "cosine":
        return _cosine(learning_rate, warmup_steps, total_steps, 0.01 if final is None else final)
    if name == "inverse_sqrt":
        warmup_steps = 1000 if warmup_steps is None else warmup_steps
        return WarmupInverseSquareRoot(learning_rate, warmup_steps)
    rate = learning_rate
    if name == "exponential":
        rate = _exponential(rate, decay_steps or steps_per_epoch, decay_rate)
    return Warmup(rate, warmup_steps) if warmup_steps else rate


def _cosine(learning_rate, warmup_steps, total_steps, final):
    if not total_steps or total_steps < 1:
        raise ValueError(
            f"The cosine needs `total_steps`, 1 or more. Received: total_steps={total_steps}."
        )
    if not 0 <= final <= 1:
        raise ValueError(f"`final` must be from 0 to 1. Received: final={final}.")
    if warmup_steps is None:
        warmup_steps = min(1000, max(1, total_steps // 20))
    elif warmup_steps >= total_steps:
        raise ValueError(
            "`warmup_steps` must be less than the steps of the whole run. "
            f"Received: warmup_steps={warmup_steps}, total_steps={total_steps}."
        )
    decay_steps = max(1, total_steps - warmup_steps)
    if not warmup_steps:
        return keras.optimizers.schedules.CosineDecay(learning_rate, decay_steps, alpha=final)
    return keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=decay_steps,
        alpha=final,
        warmup_target=learning_rate,
        warmup_steps=warmup_steps,
    )


def _exponential(learning_rate, decay_steps, decay_rate):
    decay_rate = 0.99 if decay_rate is None else decay_rate
    if not decay_steps or decay_steps < 1:
        raise ValueError(
            "The exponential needs `decay_steps`, 1 or more, or `steps_per_epoch`. "
            f"Received: decay_steps={decay_steps}."
        )
    if not 0 < decay_rate <= 1:
        raise ValueError(f"`decay_rate` must be in (0, 1]. Received: decay_rate={decay_rate}.")
    return keras.optimizers.schedules.ExponentialDecay(learning_rate, decay_steps, decay_rate)

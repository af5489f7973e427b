"""Learning rates that rise for a while and then fall."""

import keras

SCHEDULES = ("inverse_sqrt", "cosine", "constant")


@keras.saving.register_keras_serializable("keras_speech")
class WarmupInverseSquareRoot(keras.optimizers.schedules.LearningRateSchedule):
    """Rises in a straight line to `peak`, then falls with one over the square root of the step.

    It needs no total number of steps, so a run may be continued for more epochs than planned.

    Args:
        peak: the highest learning rate, reached at step `warmup_steps`.
        warmup_steps: steps until the peak. Defaults to `1000`.

    Call arguments:
        step: integer scalar, number of updates made so far.

    Returns: float scalar, the learning rate of the next update.

    Example:

    ```python
    schedule = WarmupInverseSquareRoot(1e-3, warmup_steps=100)
    schedule(99), schedule(399)  # 1e-3, 5e-4
    ```

    Reference: [Vaswani et al., 2017](https://arxiv.org/abs/1706.03762), equation 3, with the peak
    given in place of the model's width.
    """

    def __init__(self, peak, warmup_steps=1000):
        super().__init__()
        if warmup_steps < 1:
            raise ValueError(
                f"`warmup_steps` must be at least 1. Received: warmup_steps={warmup_steps}."
            )
        self.peak, self.warmup_steps = peak, warmup_steps

    def __call__(self, step):
        step = keras.ops.cast(step, "float32") + 1.0
        rise = step / self.warmup_steps
        fall = keras.ops.sqrt(self.warmup_steps / step)
        return self.peak * keras.ops.minimum(rise, fall)

    def get_config(self):
        return {"peak": self.peak, "warmup_steps": self.warmup_steps}


def learning_rate_schedule(
    name="inverse_sqrt", *, learning_rate=1e-3, warmup_steps=None, total_steps=None, final=0.01
):
    """Returns a learning rate for an optimizer by the name of its shape.

    Args:
        name: `"inverse_sqrt"` (warm-up, then one over the square root), `"cosine"` (warm-up, then
            half a cosine down to `final * learning_rate` at `total_steps`) or `"constant"`.
        learning_rate: the highest value. Defaults to `1e-3`.
        warmup_steps: updates until the highest value. Defaults to 1,000, for `"cosine"` to a
            twentieth of `total_steps` if that is less.
        total_steps: updates in the whole run; only `"cosine"` needs it.
        final: what is left of the learning rate at the end of the cosine. Defaults to `0.01`.

    Returns: a float, or a `keras.optimizers.schedules.LearningRateSchedule`.

    Raises:
        ValueError: an unknown name, or a cosine without `total_steps`.
    """
    if name == "constant":
        return learning_rate
    if name == "inverse_sqrt":
        return WarmupInverseSquareRoot(learning_rate, warmup_steps or 1000)
    if name != "cosine":
        raise ValueError(f"`name` must be one of {', '.join(SCHEDULES)}. Received: name={name!r}.")
    if not total_steps:
        raise ValueError(
            f"The cosine needs `total_steps`, 1 or more. Received: total_steps={total_steps}."
        )
    warmup_steps = min(warmup_steps or 1000, max(1, total_steps // 20))
    return keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=max(1, total_steps - warmup_steps),
        alpha=final,
        warmup_target=learning_rate,
        warmup_steps=warmup_steps,
    )

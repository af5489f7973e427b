"""The learning rate of Transformers."""

import keras


@keras.saving.register_keras_serializable("keras_speech")
class WarmupInverseSquareRoot(keras.optimizers.schedules.LearningRateSchedule):
    """Rises in a straight line to `peak`, then falls with one over the square root of the step.

    It needs no total number of steps, so a run may be continued for more epochs than planned. Also
    known as Noam: for a model of `d` channels, the paper's peak is `(d * warmup_steps) ** -0.5`.

    Args:
        peak: the highest learning rate, reached at step `warmup_steps`.
        warmup_steps: steps until the peak. Defaults to `1000`.

    Call arguments:
        step: integer scalar, number of updates made so far.

    Returns: float scalar, the learning rate of the next update.

    Example:

    >>> schedule = WarmupInverseSquareRoot(1e-3, warmup_steps=100)
    >>> [round(float(schedule(step)), 6) for step in (49, 99, 399)]
    [0.0005, 0.001, 0.0005]

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

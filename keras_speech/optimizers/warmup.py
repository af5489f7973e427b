"""A learning rate that rises first, before any schedule."""

import keras


@keras.saving.register_keras_serializable("keras_speech")
class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    """Rises in a straight line to where another schedule begins, then follows it.

    Args:
        schedule: `keras.optimizers.schedules.LearningRateSchedule`, or a float to stay at.
        warmup_steps: steps of the rise; the other schedule's step 0 is step `warmup_steps - 1`.

    Call arguments:
        step: integer scalar, number of updates made so far.

    Returns: float scalar, the learning rate of the next update.

    Raises:
        ValueError: if `warmup_steps` is less than 1.

    Example:

    >>> schedule = Warmup(keras.optimizers.schedules.ExponentialDecay(1e-3, 100, 0.5), 10)
    >>> [round(float(schedule(step)), 6) for step in (0, 4, 9, 109)]
    [0.0001, 0.0005, 0.001, 0.0005]
    """

    def __init__(self, schedule, warmup_steps):
        super().__init__()
        if warmup_steps < 1:
            raise ValueError(
                f"`warmup_steps` must be at least 1. Received: warmup_steps={warmup_steps}."
            )
        self.schedule, self.warmup_steps = schedule, warmup_steps

    def __call__(self, step):
        step = keras.ops.cast(step, "float32") + 1.0
        after = keras.ops.maximum(step - self.warmup_steps, 0.0)
        # Until the rise ends, the other schedule gives its first value.
        rate = self.schedule(after) if callable(self.schedule) else self.schedule
        return keras.ops.minimum(step / self.warmup_steps, 1.0) * rate

    def get_config(self):
        schedule = self.schedule
        if callable(schedule):
            schedule = keras.saving.serialize_keras_object(schedule)
        return {"schedule": schedule, "warmup_steps": self.warmup_steps}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        if isinstance(config["schedule"], dict):
            config["schedule"] = keras.saving.deserialize_keras_object(config["schedule"])
        return cls(**config)

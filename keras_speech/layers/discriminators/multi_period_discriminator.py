"""`MultiPeriodDiscriminator`: several periods that share none of their multiples."""

import keras

from keras_speech.layers.discriminators import convolutions
from keras_speech.layers.discriminators.period_discriminator import PeriodDiscriminator


@keras.saving.register_keras_serializable("keras_speech")
class MultiPeriodDiscriminator(keras.layers.Layer):
    """A `PeriodDiscriminator` for each of several periods.

    With its default sizes it has 41,092,165 parameters, weight normalization folded.

    Args:
        periods: in samples. Defaults to `(2, 3, 5, 7, 11)`.
        channels, kernel_size, stride, weight_normalization: as in `PeriodDiscriminator`.

    Call arguments:
        samples: float tensor `(batch, samples)`.

    Returns: list of `(score, features)`, one pair for each period, as `PeriodDiscriminator` gives
    them.

    Raises:
        ValueError: if a size is out of range.

    Example:

    >>> import numpy as np
    >>> outputs = MultiPeriodDiscriminator((2, 3), channels=(4, 8))(np.zeros((2, 900)))
    >>> [tuple(score.shape) for score, features in outputs]
    [(4, 150, 1), (6, 100, 1)]

    Reference: [Kong et al., 2020](https://arxiv.org/abs/2010.05646), section 2.3.
    """

    def __init__(
        self,
        periods=(2, 3, 5, 7, 11),
        channels=(32, 128, 512, 1024, 1024),
        kernel_size=5,
        stride=3,
        weight_normalization=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        convolutions.check_counts(periods=periods)
        self.periods, self.channels = tuple(periods), tuple(channels)
        self.kernel_size, self.stride = kernel_size, stride
        self.weight_normalization = weight_normalization
        self.discriminators = [
            PeriodDiscriminator(
                period, channels, kernel_size, stride, weight_normalization,
                dtype=self.dtype_policy,
            )
            for period in periods
        ]  # fmt: skip

    def build(self, samples_shape):
        for discriminator in self.discriminators:
            discriminator.build(samples_shape)

    def call(self, samples):
        return [discriminator(samples) for discriminator in self.discriminators]

    def get_config(self):
        names = ("periods", "channels", "kernel_size", "stride", "weight_normalization")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

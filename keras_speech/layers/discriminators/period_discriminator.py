"""`PeriodDiscriminator`: judges a waveform by what lies a period apart."""

import keras
from keras import ops

from keras_speech.layers.discriminators import convolutions


@keras.saving.register_keras_serializable("keras_speech")
class PeriodDiscriminator(keras.layers.Layer):
    """Convolutions over every `period`-th sample.

    Args:
        period: samples between those that are seen together.
        channels: of the convolutions, one after another. Defaults to
            `(32, 128, 512, 1024, 1024)`.
        kernel_size: taps of these convolutions, odd. Defaults to 5.
        stride: of all convolutions but the last. Defaults to 3.
        weight_normalization: whether kernels are trained as length and direction. Defaults to
            `True`.

    Call arguments:
        samples: float tensor `(batch, samples)`, at least `period` of them.

    Returns: `(score, features)`: float tensor `(batch * period, time, 1)`, and the list of all
    convolutions' outputs `(batch * period, time, channels)`, of which the score is the last.

    Raises:
        ValueError: if a size is not a whole number from 1, or `kernel_size` is even.

    Example:

    >>> import numpy as np
    >>> score, features = PeriodDiscriminator(3, channels=(4, 8))(np.zeros((2, 900)))
    >>> tuple(score.shape), [tuple(x.shape) for x in features]
    ((6, 100, 1), [(6, 100, 4), (6, 100, 8), (6, 100, 1)])

    Reference: [Kong et al., 2020](https://arxiv.org/abs/2010.05646), section 2.3 and appendix B.
    There the periods are the second axis of an image whose kernels have one column; here they are
    rows of the batch, which gives the same numbers from convolutions over one axis.
    """

    def __init__(
        self,
        period,
        channels=(32, 128, 512, 1024, 1024),
        kernel_size=5,
        stride=3,
        weight_normalization=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        convolutions.check_counts(
            period=period, channels=channels, kernel_size=kernel_size, stride=stride
        )
        convolutions.check_odd(kernel_size=kernel_size)
        self.period, self.channels = period, tuple(channels)
        self.kernel_size, self.stride = kernel_size, stride
        self.weight_normalization = weight_normalization
        options = {"weight_normalization": weight_normalization, "dtype": self.dtype_policy}
        strides = [stride] * (len(channels) - 1) + [1]
        self.layers = [
            convolutions.convolution(1, filters, kernel_size, strides_, **options)
            for filters, strides_ in zip(channels, strides, strict=True)
        ]
        self.last = convolutions.convolution(1, 1, 3, **options)

    def build(self, samples_shape):
        convolutions.build_chain([*self.layers, self.last], (None, None, 1), (*self.channels, 1))

    def call(self, samples):
        batch, n = ops.shape(samples)
        missing = -n % self.period
        if not isinstance(missing, int) or missing:
            samples = ops.pad(samples, [[0, 0], [0, missing]], mode="reflect")
        rows = (n + missing) // self.period
        x = ops.reshape(samples, (batch, rows, self.period))
        x = ops.reshape(ops.transpose(x, (0, 2, 1)), (batch * self.period, rows, 1))
        return convolutions.judge(x, self.layers, self.last)

    def get_config(self):
        names = ("period", "channels", "kernel_size", "stride", "weight_normalization")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

"""The residual blocks of HiFi-GAN's generators."""

import keras

from keras_speech.layers.weight_normalization import WeightNormalization

SLOPE = 0.1  # of the leaky ReLUs


def normalized(layer, weight_normalization):
    """`layer`, its kernel trained as length and direction if so wished."""
    return WeightNormalization(layer) if weight_normalization else layer


def activated(x, mask=None, slope=SLOPE):
    """Leaky ReLU, and zeros past a row's end, where a shorter row's padding would be."""
    x = keras.activations.leaky_relu(x, negative_slope=slope)
    return x if mask is None else x * keras.ops.cast(mask, x.dtype)


class _ResidualBlock(keras.layers.Layer):
    def __init__(self, channels, kernel_size, dilations, weight_normalization=True, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.channels, self.kernel_size = channels, kernel_size
        self.dilations, self.weight_normalization = tuple(dilations), weight_normalization
        self.convolutions = [self._convolution(d) for d in self.all_dilations]

    def _convolution(self, dilation):
        # Keras's own: on processors it was faster than a product for each tap and one for all
        # taps, forward and backward, dilated or not (32 and 128 channels, 2,048 to 66,048 steps).
        layer = keras.layers.Conv1D(
            self.channels,
            self.kernel_size,
            dilation_rate=dilation,
            padding="same",
            # As published: a block starts near the identity.
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
            dtype=self.dtype_policy,
        )
        return normalized(layer, self.weight_normalization)

    def build(self, shape):
        for convolution in self.convolutions:
            convolution.build((None, None, self.channels))

    @property
    def reach(self):
        """Steps on each side that an output may depend on."""
        return self.kernel_size // 2 * sum(self.all_dilations)

    def get_config(self):
        names = ("channels", "kernel_size", "dilations", "weight_normalization")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable("keras_speech")
class ResidualBlock1(_ResidualBlock):
    """Pairs of convolutions, of which the first has a dilation.

    Args:
        channels: of input and output.
        kernel_size: taps of all convolutions, odd.
        dilations: one for each pair.
        weight_normalization: whether kernels are trained as length and direction. Defaults to
            `True`.

    Call arguments:
        x: float tensor `(batch, time, channels)`.
        mask: float tensor `(batch, time, 1)`, 0 past a row's end, or `None` (default).

    Returns: float tensor `(batch, time, channels)`.

    Reference: [Kong et al., 2020](https://arxiv.org/abs/2010.05646), appendix A.1.
    """

    @property
    def all_dilations(self):
        return [d for dilation in self.dilations for d in (dilation, 1)]

    def call(self, x, mask=None):
        pairs = zip(self.convolutions[::2], self.convolutions[1::2], strict=True)
        for dilated, plain in pairs:
            x = x + plain(activated(dilated(activated(x, mask)), mask))
        return x


@keras.saving.register_keras_serializable("keras_speech")
class ResidualBlock2(_ResidualBlock):
    """Single convolutions with dilations: `ResidualBlock1` without its second ones.

    Args and call arguments: those of `ResidualBlock1`.

    Reference: [Kong et al., 2020](https://arxiv.org/abs/2010.05646), appendix A.1.
    """

    @property
    def all_dilations(self):
        return list(self.dilations)

    def call(self, x, mask=None):
        for convolution in self.convolutions:
            x = x + convolution(activated(x, mask))
        return x

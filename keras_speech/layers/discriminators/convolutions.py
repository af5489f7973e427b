"""Convolutions as discriminators need them: centered, strided, grouped, normalized."""

import keras
from keras import ops

from keras_speech.layers.weight_normalization import WeightNormalization

SLOPE = 0.1  # of the leaky ReLUs in all published discriminators of this family


@keras.saving.register_keras_serializable("keras_speech")
class CenteredConv1D(keras.layers.Conv1D):
    """Convolution with `kernel_size // 2` zeros at both ends, whatever the stride.

    Keras's "same" pads by the input's length, so that the same sound is cut differently in a
    longer segment.
    """

    def call(self, inputs):
        outputs = centered_convolution(inputs, self.kernel, self.strides, self.groups)
        return outputs + ops.cast(self.bias, outputs.dtype)

    def compute_output_shape(self, input_shape):
        return centered_shape(self, input_shape)


@keras.saving.register_keras_serializable("keras_speech")
class CenteredConv2D(keras.layers.Conv2D):
    """`CenteredConv1D` over two axes."""

    def call(self, inputs):
        outputs = centered_convolution(inputs, self.kernel, self.strides, self.groups)
        return outputs + ops.cast(self.bias, outputs.dtype)

    def compute_output_shape(self, input_shape):
        return centered_shape(self, input_shape)


def centered_convolution(inputs, kernel, strides, groups):
    pads = [[size // 2, size // 2] for size in kernel.shape[:-2]]
    inputs = ops.pad(inputs, [[0, 0], *pads, [0, 0]])
    options = {"strides": list(strides), "padding": "valid", "data_format": "channels_last"}
    if groups == 1:
        return ops.conv(inputs, kernel, **options)
    # A convolution for each group. Keras leaves grouped ones on processors to XLA, where they are
    # plain loops: 5.0 s, forward and backward, for 4 rows of 8,192 steps, 128 channels, 4 groups
    # and 41 taps; these take 0.17 s in TensorFlow's graph and 0.4 s in XLA, a product batched over
    # groups 0.28 and 0.5 s.
    pairs = zip(ops.split(inputs, groups, axis=-1), ops.split(kernel, groups, axis=-1), strict=True)
    return ops.concatenate([ops.conv(x, k, **options) for x, k in pairs], axis=-1)


def centered_shape(layer, input_shape):
    sizes = [
        None if n is None else (n - 1 + (k % 2 == 0)) // s + 1
        for n, k, s in zip(input_shape[1:-1], layer.kernel_size, layer.strides, strict=True)
    ]
    return (input_shape[0], *sizes, layer.filters)


def convolution(rank, filters, kernel_size, strides=1, groups=1, *, weight_normalization, dtype):
    """A centered convolution over `rank` axes, wrapped if its weights are to be normalized."""
    layer = {1: CenteredConv1D, 2: CenteredConv2D}[rank](
        filters,
        kernel_size,
        strides=strides,
        groups=groups,
        data_format="channels_last",
        dtype=dtype,
    )
    return WeightNormalization(layer) if weight_normalization else layer


def build_chain(layers, shape, channels):
    """Build layers that follow one another, of `channels` output channels each."""
    for layer, filters in zip(layers, channels, strict=True):
        layer.build(shape)
        shape = (*shape[:-1], filters)


def judge(x, layers, last):
    """The score of `x` and the features on the way to it, the score itself being the last."""
    features = []
    for layer in layers:
        x = keras.activations.leaky_relu(layer(x), negative_slope=SLOPE)
        features.append(x)
    score = last(x)
    return score, [*features, score]


def check_counts(**numbers):
    """Raise `ValueError` for the first number, or sequence, that is not of whole ones from 1 on."""
    for name, value in numbers.items():
        values = value if isinstance(value, (tuple, list)) else [value]
        if not values or any(
            isinstance(n, bool) or not isinstance(n, int) or n < 1 for n in values
        ):
            raise ValueError(f"`{name}` must hold whole numbers from 1. Received: {name}={value}")


def check_odd(**numbers):
    """Raise `ValueError` for the first number, or sequence, that holds an even one."""
    for name, value in numbers.items():
        values = value if isinstance(value, (tuple, list)) else [value]
        if any(n % 2 == 0 for n in values):
            raise ValueError(f"`{name}` must be odd. Received: {name}={value}")

"""`DilatedConv1D`: a convolution with holes that sees as much future as past."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_speech")
class DilatedConv1D(keras.layers.Conv1D):
    """Convolution with holes, centered on the present.

    `y[t] = bias + sum_j kernel[j] x[t + (j - r) * dilation_rate]` with `r = (kernel_size - 1) / 2`,
    where `x` beyond its ends is zero. It is `keras.layers.Conv1D(padding="same")`, computed as one
    matrix product: weights load from one into the other.

    Args:
        filters: channels of the output.
        kernel_size: number of taps, odd. Defaults to 3.
        dilation_rate: steps from one tap to the next. Defaults to 1.
        use_bias: whether a bias is added. Defaults to `True`.
        **kwargs: of `keras.layers.Conv1D`, but for `strides`, `padding`, `groups`, `activation` and
            `data_format`, which are fixed.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.

    Returns: float tensor `(batch, time, filters)`.

    Raises:
        ValueError: `kernel_size` is even, or it or `dilation_rate` is below 1.

    Example:

    >>> import numpy as np
    >>> conv = DilatedConv1D(4, dilation_rate=2)
    >>> same = keras.layers.Conv1D(4, 3, dilation_rate=2, padding="same")
    >>> x = np.random.default_rng(0).normal(size=(1, 9, 5)).astype("float32")
    >>> y, _ = conv(x), same(x)
    >>> same.set_weights(conv.get_weights())
    >>> bool(np.allclose(same(x), y, atol=1e-5))
    True
    """

    def __init__(self, filters, kernel_size=3, dilation_rate=1, use_bias=True, **kwargs):
        sizes = {"kernel_size": kernel_size, "dilation_rate": dilation_rate}
        for name, value in sizes.items():
            size = value[0] if isinstance(value, (tuple, list)) and len(value) == 1 else value
            if not isinstance(size, int) or size < 1 or (name == "kernel_size" and size % 2 == 0):
                rule = "an odd integer" if name == "kernel_size" else "an integer of at least 1"
                raise ValueError(f"`{name}` must be {rule}. Received: {name}={value}")
        for name in FIXED & kwargs.keys():
            raise ValueError(
                f"`{name}` is fixed: steps of one, centered, ungrouped, linear, channels last. "
                f"Received: {name}={kwargs[name]!r}"
            )
        super().__init__(
            filters,
            kernel_size,
            dilation_rate=dilation_rate,
            use_bias=use_bias,
            padding="same",
            data_format="channels_last",
            **kwargs,
        )

    def call(self, inputs):
        # On processors the gradient of a dilated convolution is slow, and in TensorFlow it does
        # not exist without oneDNN. All taps as one product: it sums in float32 even in bfloat16.
        batch, time = ops.shape(inputs)[:2]
        channels, (taps,), (dilation,) = inputs.shape[-1], self.kernel_size, self.dilation_rate
        radius = (taps - 1) // 2 * dilation
        x = ops.pad(inputs, [[0, 0], [radius, radius], [0, 0]])
        # Not by indexing, whose gradient in TensorFlow takes longer than the product.
        x = [ops.slice(x, [0, j * dilation, 0], (batch, time, channels)) for j in range(taps)]
        x = ops.reshape(ops.concatenate(x, axis=-1), (-1, taps * channels))
        outputs = ops.matmul(x, ops.reshape(self.kernel, (taps * channels, self.filters)))
        if self.use_bias:
            outputs = outputs + ops.cast(self.bias, outputs.dtype)
        return ops.reshape(outputs, (batch, time, self.filters))

    def get_config(self):
        config = super().get_config()
        for name in FIXED:
            del config[name]
        return config


FIXED = {"strides", "padding", "groups", "activation", "data_format"}

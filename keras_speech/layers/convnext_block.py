"""`ConvNeXtBlock`: the block that Vocos is a stack of."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_speech")
class ConvNeXtBlock(keras.layers.Layer):
    """A depthwise convolution over time and two dense layers, added to the input.

    `x + scale . W2 gelu(W1 norm(depthwise(x)))`: time is mixed in each channel by itself, channels
    at each time by itself, which is cheap.

    Args:
        channels: channels of input and output.
        hidden_channels: channels between the dense layers.
        kernel_size: taps of the depthwise convolution, odd. Defaults to 7.
        layer_scale: first value of the trained factor of each channel. Defaults to 1.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.
        mask: `(batch, time)` or `(batch, time, 1)`, 0 for times that the convolution must see as
            zeros, or `None` (default).

    Returns: float tensor `(batch, time, channels)`.

    Raises:
        ValueError: a size is out of range, or `inputs` have another number of channels.

    Example:

    >>> import numpy as np
    >>> block = ConvNeXtBlock(8, 24)
    >>> tuple(block(np.zeros((2, 100, 8))).shape)
    (2, 100, 8)

    Reference: [Liu et al., 2022](https://arxiv.org/abs/2201.03545), in one dimension as in
    [Siuzdak, 2023](https://arxiv.org/abs/2306.00814), section 3.2.
    """

    def __init__(self, channels, hidden_channels, kernel_size=7, layer_scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        for name, value in (("channels", channels), ("hidden_channels", hidden_channels)):
            if value < 1:
                raise ValueError(f"`{name}` must be at least 1. Received: {name}={value}")
        if kernel_size < 1 or kernel_size % 2 == 0:
            raise ValueError(f"`kernel_size` must be odd. Received: kernel_size={kernel_size}")
        self.channels, self.hidden_channels = channels, hidden_channels
        self.kernel_size, self.layer_scale = kernel_size, layer_scale
        policy = self.dtype_policy
        self.norm = keras.layers.LayerNormalization(epsilon=1e-6, dtype=policy, name="norm")
        self.expand = keras.layers.Dense(hidden_channels, dtype=policy, name="expand")
        self.reduce = keras.layers.Dense(channels, dtype=policy, name="reduce")

    def build(self, input_shape):
        if input_shape[-1] != self.channels:
            raise ValueError(
                f"`inputs` must have {self.channels} channels. Received: shape={tuple(input_shape)}"
            )
        self.depthwise_kernel = self.add_weight(
            # As many inputs as taps, whatever the number of channels.
            shape=(self.kernel_size, self.channels),
            initializer=keras.initializers.RandomNormal(stddev=self.kernel_size**-0.5),
            name="depthwise_kernel",
        )
        self.depthwise_bias = self.add_weight(
            shape=(self.channels,), initializer="zeros", name="depthwise_bias"
        )
        self.scale = self.add_weight(
            shape=(self.channels,),
            initializer=keras.initializers.Constant(self.layer_scale),
            name="scale",
        )
        self.norm.build(input_shape)
        self.expand.build(input_shape)
        self.reduce.build((*input_shape[:-1], self.hidden_channels))

    def call(self, inputs, mask=None):
        x = inputs
        if mask is not None:
            # Keras's own masks, such as `Masking` makes, have no last axis.
            mask = mask[..., None] if len(mask.shape) == 2 else mask
            x = x * ops.cast(mask, x.dtype)
        x = self.norm(self._depthwise(x))
        x = self.reduce(keras.activations.gelu(self.expand(x), approximate=False))
        return inputs + self.scale * x

    def _depthwise(self, x):
        # A sum of shifted products: XLA makes one loop of it, forward and backward, where the
        # gradient of a depthwise convolution takes several passes.
        shape = ops.shape(x)
        half = self.kernel_size // 2
        padded = ops.pad(x, [[0, 0], [half, half], [0, 0]])
        total = self.depthwise_bias
        for j in range(self.kernel_size):
            # Not by indexing, whose gradient in TensorFlow is slow.
            total = total + ops.slice(padded, [0, j, 0], shape) * self.depthwise_kernel[j]
        return total

    def compute_output_shape(self, inputs_shape):
        return inputs_shape

    def get_config(self):
        names = ("channels", "hidden_channels", "kernel_size", "layer_scale")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

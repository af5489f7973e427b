"""`GatedConvolutionStack`: a WaveNet that sees the future, as flows use it."""

import keras
from keras import ops

from keras_speech.layers.dilated_conv1d import DilatedConv1D
from keras_speech.layers.weight_normalization import WeightNormalization


@keras.saving.register_keras_serializable("keras_speech")
class GatedConvolutionStack(keras.layers.Layer):
    """Gated convolutions with dilations 1, 2, 4, ..., on a condition, with one output of all.

    `z = tanh(W_f * x + V_f h) . sigmoid(W_g * x + V_g h)`, `x + R z` goes to the next layer, the
    sum of all `S z` to the last 1x1 convolution, which starts at zero.

    Args:
        output_channels: channels of the output.
        channels: between the layers, and of the sum. Defaults to 256.
        n_layers: number of gated convolutions; the last has the dilation `2 ** (n_layers - 1)`.
            Defaults to 8.
        kernel_size: taps of each, odd. Defaults to 3.
        weight_normalization: whether all kernels but the last are trained as direction and length.
            Defaults to `False`.

    Call arguments:
        inputs: float tensor `(batch, time, any)`.
        condition: float tensor `(batch, time, any)`, or `None` (default).
        mask: bool or float tensor `(batch, time)`, 0 for padding, which then acts as the zeros
            beyond the end do. Defaults to `None`.

    Returns: float32 tensor `(batch, time, output_channels)`, whatever the policy.

    Raises:
        ValueError: a size is below 1, or there is a condition in one call and none in another.

    Example:

    >>> import numpy as np
    >>> net = GatedConvolutionStack(2, channels=8, n_layers=3)
    >>> y = net(np.ones((1, 20, 4)), np.ones((1, 20, 5)))
    >>> tuple(y.shape), float(np.abs(y).max()), net.context_size
    ((1, 20, 2), 0.0, 7)

    Reference: [Prenger et al., 2019](https://arxiv.org/abs/1811.00002), section 2.1, where it is
    "WN". Without weight normalization the last two products of a layer are made one, exactly.
    """

    def __init__(
        self,
        output_channels,
        channels=256,
        n_layers=8,
        kernel_size=3,
        weight_normalization=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        for name, value in (
            ("output_channels", output_channels), ("channels", channels), ("n_layers", n_layers),
        ):  # fmt: skip
            if value < 1:
                raise ValueError(f"`{name}` must be at least 1. Received: {name}={value}")
        self.output_channels, self.channels, self.n_layers = output_channels, channels, n_layers
        self.kernel_size, self.weight_normalization = kernel_size, weight_normalization
        self.supports_masking = True
        self.start = self._dense(channels, "start")
        self.convolutions = [
            self._normalized(
                DilatedConv1D(
                    2 * channels, kernel_size, 2**i, dtype=self.dtype_policy,
                    name=f"convolution_{i}",
                )
            )
            for i in range(n_layers)
        ]  # fmt: skip
        # One for each layer, for the product of all at once takes n_layers times the memory.
        self.conditions = None
        # The last layer has no way on.
        self.residuals = [self._dense(channels, f"residual_{i}") for i in range(n_layers - 1)]
        self.skips = [self._dense(channels, f"skip_{i}") for i in range(n_layers)]

    def _dense(self, units, name):
        dense = keras.layers.Dense(units, dtype=self.dtype_policy, name=name)
        return self._normalized(dense)

    def _normalized(self, layer):
        return WeightNormalization(layer, name=layer.name) if self.weight_normalization else layer

    @property
    def context_size(self):
        """Steps on each side of its own that an output depends on."""
        return (self.kernel_size - 1) // 2 * (2**self.n_layers - 1)

    def build(self, inputs_shape, condition_shape=None):
        self.start.build((None, inputs_shape[-1]))
        if condition_shape is not None:
            self.conditions = [
                self._dense(2 * self.channels, f"condition_{i}") for i in range(self.n_layers)
            ]
            for layer in self.conditions:
                layer.build((None, condition_shape[-1]))
        for layer in self.convolutions:
            layer.build((*inputs_shape[:-1], self.channels))
        for layer in (*self.residuals, *self.skips):
            layer.build((None, self.channels))

        # Float32: what flows add to samples must not have the steps of a 16-bit number.
        def end(name, shape):
            return self.add_weight(
                shape=shape, initializer="zeros", dtype="float32", autocast=False, name=name
            )

        self.end_kernel = end("end_kernel", (self.channels, self.output_channels))
        self.end_bias = end("end_bias", (self.output_channels,))

    def call(self, inputs, condition=None, mask=None):
        if (condition is None) != (self.conditions is None):
            raise ValueError(
                "`condition` must be given always or never: the stack was built "
                f"{'without' if self.conditions is None else 'with'} one. Received: "
                f"{'None' if condition is None else 'a tensor'}"
            )
        batch, time = ops.shape(inputs)[:2]
        # All but the convolutions work on matrices of steps and channels.
        x, total = self.start(_flat(inputs)), 0.0
        condition = None if condition is None else _flat(condition)
        mask = None if mask is None else ops.reshape(ops.cast(mask, x.dtype), (-1, 1))
        for i, convolution in enumerate(self.convolutions):
            seen = ops.reshape(x if mask is None else x * mask, (batch, time, self.channels))
            gates = _flat(convolution(seen))
            if condition is not None:
                gates = gates + self.conditions[i](condition)
            # `split` rather than indexing, whose gradient is slow in TensorFlow.
            filters, gates = ops.split(gates, 2, axis=-1)
            gated = ops.tanh(filters) * ops.sigmoid(gates)
            total = total + self._out(self.skips[i], gated)
            if i < self.n_layers - 1:
                x = x + self.residuals[i](gated)
        return ops.reshape(total + self.end_bias, (batch, time, self.output_channels))

    def _out(self, skip, gated):
        """A layer's part of the output: two products in turn, the last in float32."""
        if self.weight_normalization:
            return ops.matmul(ops.cast(skip(gated), "float32"), self.end_kernel)
        # The product of both weights first: as good as nothing in place of `channels**2` a step.
        kernel = ops.matmul(ops.cast(skip.kernel, "float32"), self.end_kernel)
        bias = ops.matmul(ops.cast(skip.bias, "float32")[None], self.end_kernel)
        return ops.matmul(ops.cast(gated, "float32"), kernel) + bias

    def get_config(self):
        return {
            **super().get_config(),
            "output_channels": self.output_channels,
            "channels": self.channels,
            "n_layers": self.n_layers,
            "kernel_size": self.kernel_size,
            "weight_normalization": self.weight_normalization,
        }


def _flat(x):
    """`(batch, time, channels)` as `(batch * time, channels)`."""
    return ops.reshape(x, (-1, x.shape[-1]))

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
    "WN". As in its implementation, the last layer has no way on.
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
        self.condition_projection = None
        self.convolutions = [
            self._normalized(
                DilatedConv1D(
                    2 * channels, kernel_size, 2**i, dtype=self.dtype_policy,
                    name=f"convolution_{i}",
                )
            )
            for i in range(n_layers)
        ]  # fmt: skip
        # Both 1x1 convolutions as one: the first channels go on, the others out.
        self.projections = [
            self._dense(channels if i == n_layers - 1 else 2 * channels, f"projection_{i}")
            for i in range(n_layers)
        ]
        # Float32: what flows add to samples must not have the steps of a 16-bit number.
        self.end = keras.layers.Dense(
            output_channels, kernel_initializer="zeros", dtype="float32", name="end"
        )

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
        before = tuple(inputs_shape[:-1])
        self.start.build(inputs_shape)
        if condition_shape is not None:
            # One product for all layers.
            units = 2 * self.channels * self.n_layers
            self.condition_projection = self._dense(units, "condition_projection")
            self.condition_projection.build(condition_shape)
        for layer in (*self.convolutions, *self.projections, self.end):
            layer.build((*before, self.channels))

    def call(self, inputs, condition=None, mask=None):
        if (condition is None) != (self.condition_projection is None):
            raise ValueError(
                "`condition` must be given always or never: the stack was built "
                f"{'without' if self.condition_projection is None else 'with'} one. Received: "
                f"{'None' if condition is None else 'a tensor'}"
            )
        x, total = self.start(inputs), None
        if mask is not None:
            mask = ops.cast(mask, x.dtype)[..., None]
        conditions = [None] * self.n_layers
        if condition is not None:
            conditions = ops.split(self.condition_projection(condition), self.n_layers, axis=-1)
        layers = zip(self.convolutions, self.projections, conditions, strict=True)
        for i, (convolution, projection, added) in enumerate(layers):
            gates = convolution(x if mask is None else x * mask)
            if added is not None:
                gates = gates + added
            # `split` rather than indexing, whose gradient is slow in TensorFlow.
            filters, gates = ops.split(gates, 2, axis=-1)
            out = projection(ops.tanh(filters) * ops.sigmoid(gates))
            if i < self.n_layers - 1:
                residual, out = ops.split(out, 2, axis=-1)
                x = x + residual
            total = out if total is None else total + out
        return self.end(total)

    def get_config(self):
        return {
            **super().get_config(),
            "output_channels": self.output_channels,
            "channels": self.channels,
            "n_layers": self.n_layers,
            "kernel_size": self.kernel_size,
            "weight_normalization": self.weight_normalization,
        }

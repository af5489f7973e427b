"""`GatedResidualBlock`: the block that WaveNet is a stack of."""

import keras
from keras import ops

from keras_speech.layers.causal_dilated_conv1d import CausalDilatedConv1D


@keras.saving.register_keras_serializable("keras_speech")
class GatedResidualBlock(keras.layers.Layer):
    """Causal convolution, gate, and two 1x1 convolutions: on to the next block, and out.

    `z = tanh(W_f * x + V_f h) . sigmoid(W_g * x + V_g h)` (eqs. 2 and 3), `x + R z` goes to the
    next block, `S z` is the block's part of the output. `h` is a local condition, a global one,
    both or none.

    Args:
        residual_channels: channels of `x`.
        gate_channels: channels of the convolution, filter and gate together; even.
        skip_channels: channels of the block's part of the output.
        kernel_size: taps of the convolution. Defaults to 2.
        dilation_rate: steps between taps. Defaults to 1.
        dropout: rate, of the convolution's inputs in training. Defaults to 0.

    Call arguments:
        inputs: float tensor `(batch, time, residual_channels)`.
        local_condition: float tensor `(batch, time, any)`, or `None` (default).
        global_condition: float tensor `(batch, any)`, the same at all times, or `None` (default).
        training: whether dropout acts.

    Returns: pair of float tensors, `(batch, time, residual_channels)` for the next block and
        `(batch, time, skip_channels)`.

    Raises:
        ValueError: a size is out of range, or `inputs` have another number of channels.

    Example:

    >>> import numpy as np
    >>> first = GatedResidualBlock(8, 16, 12, dilation_rate=1)
    >>> second = GatedResidualBlock(8, 16, 12, dilation_rate=2)
    >>> x, skip = first(np.zeros((2, 100, 8)))
    >>> x, further_skip = second(x)
    >>> tuple(x.shape), tuple((skip + further_skip).shape)
    ((2, 100, 8), (2, 100, 12))

    Reference: [van den Oord et al., 2016](https://arxiv.org/abs/1609.03499), sections 2.3 to 2.5.
    Deviation: the convolution's bias also serves the conditions.
    """

    def __init__(
        self,
        residual_channels,
        gate_channels,
        skip_channels,
        kernel_size=2,
        dilation_rate=1,
        dropout=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if residual_channels < 1 or skip_channels < 1:
            raise ValueError(
                "`residual_channels` and `skip_channels` must be at least 1. Received: "
                f"residual_channels={residual_channels}, skip_channels={skip_channels}"
            )
        if gate_channels < 2 or gate_channels % 2:
            raise ValueError(
                "`gate_channels` must be even, half of it filter and half gate. "
                f"Received: gate_channels={gate_channels}"
            )
        self.residual_channels, self.gate_channels = residual_channels, gate_channels
        self.skip_channels, self.kernel_size = skip_channels, kernel_size
        self.dilation_rate, self.dropout = dilation_rate, dropout
        policy = self.dtype_policy
        self.convolution = CausalDilatedConv1D(
            gate_channels, kernel_size, dilation_rate, dtype=policy, name="convolution"
        )
        # Both 1x1 convolutions as one: the first channels go on, the others out.
        self.projection = keras.layers.Dense(
            residual_channels + skip_channels, dtype=policy, name="projection"
        )
        self.local_projection = self.global_projection = None
        self.dropout_layer = keras.layers.Dropout(dropout, dtype=policy)

    def build(self, inputs_shape, local_condition_shape=None, global_condition_shape=None):
        if inputs_shape[-1] != self.residual_channels:
            raise ValueError(
                f"`inputs` must have residual_channels={self.residual_channels} channels. "
                f"Received: inputs.shape={tuple(inputs_shape)}"
            )
        self.convolution.build(inputs_shape)
        self.projection.build((*inputs_shape[:-1], self.gate_channels // 2))

        def projection(shape, name):
            dense = keras.layers.Dense(
                self.gate_channels, use_bias=False, dtype=self.dtype_policy, name=name
            )
            dense.build(shape)
            return dense

        if local_condition_shape is not None:
            self.local_projection = projection(local_condition_shape, "local_projection")
        if global_condition_shape is not None:
            self.global_projection = projection(global_condition_shape, "global_projection")

    def call(self, inputs, local_condition=None, global_condition=None, training=None):
        gates = self.convolution(self.dropout_layer(inputs, training=training))
        if global_condition is not None:
            global_condition = global_condition[:, None]
        return self._outputs(inputs, gates, local_condition, global_condition)

    def initial_state(self, batch_size):
        """The state before the first step, see `CausalDilatedConv1D.initial_state`."""
        return self.convolution.initial_state(batch_size)

    def step(self, inputs, state, local_condition=None, global_condition=None):
        """The outputs at one time.

        Args:
            inputs: float tensor `(batch, residual_channels)`.
            state: of the step before, or `initial_state(batch)`.
            local_condition: float tensor `(batch, any)` at this time, or `None`.
            global_condition: float tensor `(batch, any)`, or `None`.

        Returns: pair of the outputs (a pair, as `call` gives, without time) and the new state.
        """
        inputs = ops.convert_to_tensor(inputs, dtype=self.compute_dtype)
        gates, state = self.convolution.step(inputs, state)
        return self._outputs(inputs, gates, local_condition, global_condition), state

    def _outputs(self, inputs, gates, local_condition, global_condition):
        for name, condition, projection in (
            ("local_condition", local_condition, self.local_projection),
            ("global_condition", global_condition, self.global_projection),
        ):
            if (condition is None) != (projection is None):
                raise ValueError(
                    f"`{name}` must be given always or never: the block was built "
                    f"{'without' if projection is None else 'with'} one. Received: "
                    f"{'None' if condition is None else 'a tensor'}"
                )
        if local_condition is not None:
            gates = gates + self.local_projection(local_condition)
        if global_condition is not None:
            gates = gates + self.global_projection(global_condition)
        # `split` rather than indexing, whose gradient is slow in TensorFlow.
        filters, gates = ops.split(gates, 2, axis=-1)
        z = ops.tanh(filters) * ops.sigmoid(gates)
        residual, skip = ops.split(self.projection(z), [self.residual_channels], axis=-1)
        return inputs + residual, skip

    def compute_output_shape(
        self, inputs_shape, local_condition_shape=None, global_condition_shape=None
    ):
        before = tuple(inputs_shape[:-1])
        return (*before, self.residual_channels), (*before, self.skip_channels)

    def get_config(self):
        return {
            **super().get_config(),
            "residual_channels": self.residual_channels,
            "gate_channels": self.gate_channels,
            "skip_channels": self.skip_channels,
            "kernel_size": self.kernel_size,
            "dilation_rate": self.dilation_rate,
            "dropout": self.dropout,
        }

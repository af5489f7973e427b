"""An LSTM that reads the context its attention found a step before."""

import keras
from keras import ops

from keras_speech.layers.attention.location_sensitive_attention import LocationSensitiveAttention
from keras_speech.layers.zoneout_lstm import ZoneoutLSTM
from keras_speech.ops import location_attention, lstm


@keras.saving.register_keras_serializable("keras_speech")
class AttentionLSTM(keras.layers.Layer):
    """LSTM and location-sensitive attention in one loop, as in Tacotron 2's decoder.

    At each step the LSTM reads its input and the last context; its output is the query.

    Args:
        units: size of the LSTM.
        attention_units, attention_filters, attention_kernel_size: see
            `LocationSensitiveAttention`. Default to 128, 32 and 31.
        zoneout: see `ZoneoutLSTM`. Defaults to 0.
        seed: seed of the zoneout. Defaults to None.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.
        values: float tensor `(batch, n, value_channels)`, what is attended to.
        values_mask: bool tensor `(batch, n)`, True where a value is real. Defaults to None (all).
        training: whether zoneout is random.

    Returns: `(outputs, contexts, weights)`: `(batch, time, units)`,
    `(batch, time, value_channels)`, `(batch, time, n)`.

    Example:
    >>> import numpy as np
    >>> layer = AttentionLSTM(16)
    >>> outputs, contexts, weights = layer(np.zeros((2, 7, 8)), np.zeros((2, 5, 12)))

    Reference: [Shen et al., 2018](https://arxiv.org/abs/1712.05884), section 2.2.
    """

    def __init__(
        self,
        units,
        attention_units=128,
        attention_filters=32,
        attention_kernel_size=31,
        zoneout=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units, self.zoneout, self.seed = units, zoneout, seed
        self.attention_units = attention_units
        self.attention_filters = attention_filters
        self.attention_kernel_size = attention_kernel_size
        self.supports_masking = True
        policy = self.dtype_policy
        self.lstm = ZoneoutLSTM(units, zoneout=zoneout, seed=seed, dtype=policy)
        self.attention = LocationSensitiveAttention(
            attention_units, attention_filters, attention_kernel_size, dtype=policy
        )

    def build(self, inputs_shape, values_shape):
        self.input_channels = inputs_shape[-1]
        self.lstm.build((None, self.input_channels + values_shape[-1]))
        self.attention.build((None, self.units), values_shape)

    def call(self, inputs, values, values_mask=None, training=None):
        (values, keys, mask), (kernel, recurrent_kernel, bias) = self.prepare(values, values_mask)
        projected = ops.matmul(ops.transpose(inputs, (1, 0, 2)), kernel) + bias
        zoneout = self.lstm.sample_zoneout(ops.shape(projected)[:2], training)
        results = location_attention.attention_lstm(
            projected, values, keys, mask, recurrent_kernel, *self.attention.loop_weights(),
            zoneout=zoneout,
        )  # fmt: skip
        return tuple(ops.transpose(x, (1, 0, 2)) for x in results)

    def prepare(self, values, mask=None):
        """What stays the same over the steps; the `memory` of `initial_state` and `step`.

        Returns: pair of the attention's memory and the weights as the steps take them: put together
        here, once, for they are too large to be copied at every step.
        """
        if mask is None:
            mask = ops.ones(ops.shape(values)[:2], dtype="bool")
        return self.attention.prepare(values, mask), self._split_weights()

    def initial_state(self, memory):
        """Zeros: `(h, c)` of the LSTM, the context, the attention's state."""
        attended, _ = memory
        h_c = self.lstm.initial_state(ops.shape(attended[0])[0])
        return h_c, ops.zeros_like(attended[0][:, 0]), self.attention.initial_state(attended)

    def step(self, inputs, memory, state):
        """One step in inference: `((output, context, weights), state)`."""
        (h, c), context, attention_state = state
        attended, (kernel, recurrent_kernel, bias) = memory
        found = ops.concatenate([context, h], axis=-1)
        z = ops.matmul(ops.cast(inputs, self.compute_dtype), kernel) + bias
        gates = lstm.activate_gates(z + ops.matmul(found, recurrent_kernel))
        h, c = lstm.update_state(gates, h, c, self.lstm.sample_zoneout((), training=False))
        context, weights, attention_state = self.attention.step(h, attended, attention_state)
        return (h, context, weights), ((h, c), context, attention_state)

    def _split_weights(self):
        """Kernel of the inputs; kernel of context and state; the sum of both biases."""
        dtype = self.compute_dtype
        kernel = ops.cast(self.lstm.kernel, dtype)
        recurrent = ops.cast(self.lstm.recurrent_kernel, dtype)
        bias = ops.cast(self.lstm.bias, dtype) + ops.cast(self.lstm.recurrent_bias, dtype)
        n = self.input_channels
        return kernel[:n], ops.concatenate([kernel[n:], recurrent], axis=0), bias

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "attention_units": self.attention_units,
            "attention_filters": self.attention_filters,
            "attention_kernel_size": self.attention_kernel_size,
            "zoneout": self.zoneout,
            "seed": self.seed,
        }

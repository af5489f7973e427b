"""Any recurrent cell with any attention, in one loop."""

import keras
from keras import ops

from keras_speech.layers.attention import registry
from keras_speech.ops import recurrence


@keras.saving.register_keras_serializable("keras_speech")
class AttentionRNN(keras.layers.Layer):
    """A recurrent cell that reads the context its attention found a step before.

    At each step the cell reads its input and the last context; its output is the query. With
    location-sensitive attention and an LSTM, `AttentionLSTM` is the same, with a gradient written
    by hand; this layer leaves the gradient to the backend, which keeps all of every step's
    intermediate results in training.

    Args:
        cell: recurrent layer with `units`, `initial_state(batch_size)` and
            `step(inputs, state) -> (output, state)`, such as `ZoneoutLSTM`. If it has
            `sample_zoneout(leading_shape, training)`, a step in training is given its numbers as
            `zoneout`.
        attention: attention layer, its name, or its config; see `layers.attention.get`.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.
        values: float tensor `(batch, n, value_channels)`, what is attended to.
        values_mask: bool tensor `(batch, n)`, True where a value is real. Defaults to None (all).
        training: whether zoneout and the attention's noise are random.

    Returns: `(outputs, contexts, weights)`: `(batch, time, units)`,
    `(batch, time, value_channels)`, `(batch, time, n)`.

    Example:
    >>> import numpy as np
    >>> from keras_speech.layers import ZoneoutLSTM
    >>> layer = AttentionRNN(ZoneoutLSTM(16), "dynamic_convolution")
    >>> outputs, contexts, weights = layer(np.zeros((2, 7, 8)), np.zeros((2, 5, 12)))

    Reference: [Bahdanau et al., 2015](https://arxiv.org/abs/1409.0473), appendix A.2.2, with the
    query taken after the cell's step, as in [Wang et al., 2017](https://arxiv.org/abs/1703.10135).
    """

    def __init__(self, cell, attention, **kwargs):
        super().__init__(**kwargs)
        self.cell = cell
        self.attention = registry.get(attention, dtype=self.dtype_policy)
        self.supports_masking = True

    @property
    def units(self):
        """Size of the cell's output."""
        return self.cell.units

    def build(self, inputs_shape, values_shape):
        if not self.cell.built:  # as it is when it comes from a config that says its shapes
            self.cell.build((None, None, inputs_shape[-1] + values_shape[-1]))
        if not self.attention.built:
            self.attention.build((None, self.units), values_shape)

    def call(self, inputs, values, values_mask=None, training=None):
        memory = self.prepare(values, values_mask)
        inputs = ops.transpose(ops.cast(inputs, self.compute_dtype), (1, 0, 2))
        n_steps, batch, _ = ops.shape(inputs)
        draws, at = (), lambda rows: None
        if hasattr(self.cell, "sample_zoneout"):
            draws, at = recurrence.per_step(self.cell.sample_zoneout((n_steps, batch), training))
        noise = self.attention.sample_noise((n_steps, *ops.shape(memory[-1])), training)

        def step(carry, rows, noise):
            return self._step(
                rows[0], memory, carry, at(rows[1:]), training, noise[0] if noise else None
            )

        state = self.initial_state(memory)
        outputs = (
            ops.zeros((batch, self.units), dtype=self.compute_dtype),
            ops.zeros_like(memory[0][:, 0]),
            ops.zeros_like(memory[0][:, :, 0]),
        )
        _, results = recurrence.scan_joined(
            step, state, outputs, (inputs, *draws), () if noise is None else (noise,)
        )
        return tuple(ops.transpose(x, (1, 0, 2)) for x in results)

    def prepare(self, values, mask=None):
        """What stays the same over the steps; the `memory` of `initial_state` and `step`."""
        if mask is None:
            mask = ops.ones(ops.shape(values)[:2], dtype="bool")
        return self.attention.prepare(values, mask)

    def initial_state(self, memory):
        """Zeros for the cell and the context, and the attention's state."""
        values = memory[0]
        state = self.cell.initial_state(ops.shape(values)[0])
        return state, ops.zeros_like(values[:, 0]), self.attention.initial_state(memory)

    def step(self, inputs, memory, state):
        """One step in inference: `((output, context, weights), state)`."""
        state, output = self._step(inputs, memory, state, None, False, None)
        return output, state

    def _step(self, inputs, memory, state, zoneout, training, noise):
        cell_state, context, attention_state = state
        inputs = ops.concatenate([ops.cast(inputs, self.compute_dtype), context], axis=-1)
        options = {} if zoneout is None else {"zoneout": zoneout}
        query, cell_state = self.cell.step(inputs, cell_state, **options)
        context, weights, attention_state = self.attention.step(
            query, memory, attention_state, training=training, noise=noise
        )
        return (cell_state, context, attention_state), (query, context, weights)

    def get_config(self):
        return {
            **super().get_config(),
            "cell": keras.saving.serialize_keras_object(self.cell),
            "attention": registry.serialize(self.attention),
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["cell"] = keras.saving.deserialize_keras_object(config["cell"])
        return cls(**config)

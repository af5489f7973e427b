"""`AttentionMechanism`: the contract that all attentions keep."""

import keras
from keras import ops

from keras_speech.ops import attention


class AttentionMechanism(keras.layers.Layer):
    """Base of the attentions that a decoder asks once a step.

    What stays the same over the steps is prepared once, what changes is passed from step to step:

        attention.build(query_shape, values_shape)
        memory = attention.prepare(values, mask)
        state = attention.initial_state(memory)
        context, weights, state = attention.step(query, memory, state)

    A subclass has `build_weights(query_channels, value_channels)` and
    `align(query, memory, state, training, noise)`, which returns float32 weights `(batch, n)`, 0 on
    padding, and the next state. It may have `keys(values)`, what it compares queries with,
    `initial_state(memory)` and `sample_noise`.

    Call arguments:
        query: float tensor `(batch, query_channels)`.
        memory: what `prepare(values, mask)` gives: a tuple, the values first, the mask last.
        state: what `initial_state(memory)` or the last step gave: nested tuples of tensors whose
            shapes and dtypes stay the same.
        training: whether a mechanism that draws noise draws it.
        noise: what `sample_noise` gave for this step; for loops, in which nothing may be drawn.
            Defaults to None: drawn here, if `training`.

    Returns: `(context, weights, state)`; `context` is `(batch, channels)`, `weights` `(batch, n)`.
    """

    def __init__(self, **kwargs):
        # Keras would put the state, which is float32 where it counts places, into half precision.
        super().__init__(autocast=False, **kwargs)

    def build(self, query_shape, memory_shape, state_shape=None):
        # Keras passes the shapes of the whole prepared memory, of which the values come first.
        if isinstance(memory_shape[0], (tuple, list)):
            memory_shape = memory_shape[0]
        self.build_weights(query_shape[-1], memory_shape[-1])

    def call(self, query, memory, state, training=None, noise=None):
        memory = (*(self._cast(x) for x in memory[:-1]), memory[-1])
        return self.step(query, memory, state, training=training, noise=noise)

    def prepare(self, values, mask):
        """What stays the same over the steps.

        Args:
            values: float tensor `(batch, n, channels)`.
            mask: bool tensor `(batch, n)`, True where a value is real.

        Returns: tuple, `values` first and `mask` last.
        """
        values = ops.cast(values, self.compute_dtype)
        return (values, *self.keys(values), mask)

    def keys(self, values):
        """What queries are compared with, as a tuple; nothing by default."""
        return ()

    def initial_state(self, memory):
        """The state before the first step; none by default."""
        return ()

    def step(self, query, memory, state, training=None, noise=None):
        """One step; see the class."""
        query = ops.cast(query, self.compute_dtype)
        if noise is None:
            noise = self.sample_noise(ops.shape(memory[-1]), training)
        weights, state = self.align(query, memory, state, training, noise)
        weights = ops.cast(weights, self.compute_dtype)
        return attention.context(weights, memory[0]), weights, state

    def sample_noise(self, shape, training):
        """Random numbers for weights of `shape` `(..., batch, n)`, or None (by default)."""
        return None

    def _cast(self, weight):
        return ops.cast(weight, self.compute_dtype)

"""Attention that stays or goes on by one place."""

import keras
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.layers.attention.attention_mechanism import AttentionMechanism
from keras_speech.ops import attention


@keras.saving.register_keras_serializable("keras_speech")
class ForwardAttention(AttentionMechanism):
    """Additive attention over the paths that stay at a place or go on to the next.

        y = softmax(w . tanh(W q + U v_n))
        a'_n = ((1 - u) a_n + u a_{n-1}) y_n,    divided by its sum

    The transition agent is a small network that reads context and query and gives `u`, the
    probability to go on in the next step; without it `u` is 1/2, and both ways count the same.

    Args:
        units: width in which query and memory are compared. Defaults to 128.
        transition_agent: whether `u` is learned. Defaults to True.
        agent_units: width of the agent's hidden layer. Defaults to 64.

    Call arguments: see `AttentionMechanism`.

    Returns: `(context, weights, state)`; `weights` sum to 1 and are 0 on padding. They reach one
    place further a step at most, and a place that was passed entirely stays at 0.

    Raises:
        ValueError: if a width is not a whole number from 1.

    Example:
    >>> import numpy as np
    >>> attention = ForwardAttention(units=16)
    >>> attention.build((2, 8), (2, 5, 12))
    >>> memory = attention.prepare(np.zeros((2, 5, 12)), np.ones((2, 5), "bool"))
    >>> state = attention.initial_state(memory)
    >>> context, weights, state = attention.step(np.zeros((2, 8)), memory, state)
    >>> np.asarray(weights)[0].tolist()
    [0.5, 0.5, 0.0, 0.0, 0.0]

    Reference: [Zhang et al., 2018](https://arxiv.org/abs/1807.06736), algorithms 1 and 2. The agent
    reads context and query; the decoder's last output, which it reads there too, reaches it by the
    query.
    """

    def __init__(self, units=128, transition_agent=True, agent_units=64, **kwargs):
        super().__init__(**kwargs)
        argument_checks.check_whole(units=units, agent_units=agent_units)
        self.units, self.transition_agent = units, transition_agent
        self.agent_units = agent_units

    def build_weights(self, query_channels, value_channels):
        units = self.units
        self.query_kernel = self.add_weight(shape=(query_channels, units), name="query_kernel")
        self.memory_kernel = self.add_weight(shape=(value_channels, units), name="memory_kernel")
        self.score_kernel = self.add_weight(shape=(units, 1), name="score_kernel")
        if self.transition_agent:
            seen = value_channels + query_channels
            self.agent_kernel = self.add_weight(shape=(seen, self.agent_units), name="agent_kernel")
            self.agent_bias = self.add_weight(
                shape=(self.agent_units,), initializer="zeros", name="agent_bias"
            )
            self.agent_dense = self.add_weight(shape=(self.agent_units, 1), name="agent_dense")
            self.agent_dense_bias = self.add_weight(
                shape=(1,), initializer="zeros", name="agent_dense_bias"
            )

    def keys(self, values):
        return (ops.matmul(values, self._cast(self.memory_kernel)),)

    def initial_state(self, memory):
        """All weight on the first place, and `u` of 1/2."""
        first = attention.start_at_first(memory[0])
        return first, ops.zeros_like(first[:, :1]) + 0.5

    def align(self, query, memory, state, training, noise):
        values, keys, mask = memory
        previous, go_on = state
        projected = ops.matmul(query, self._cast(self.query_kernel))
        energies = attention.additive_energies(projected, keys, self._cast(self.score_kernel)[:, 0])
        moved = (1.0 - go_on) * previous + go_on * attention.shifted(previous)
        # softmax(energies) times `moved`, divided by its sum: the softmax's own sum falls out, and
        # so does the risk that all of a product underflows.
        reached = ops.logical_and(mask, moved > 0)
        logs = ops.log(ops.where(reached, moved, 1.0))
        weights = attention.masked_softmax(ops.cast(energies, "float32") + logs, reached)
        if self.transition_agent:
            go_on = self._agent(attention.context(weights, values), query)
        return weights, (weights, go_on)

    def _agent(self, context, query):
        seen = ops.concatenate([context, query], axis=-1)
        hidden = ops.matmul(seen, self._cast(self.agent_kernel)) + self._cast(self.agent_bias)
        hidden = ops.tanh(hidden)
        logits = ops.matmul(hidden, self._cast(self.agent_dense))
        return ops.sigmoid(ops.cast(logits, "float32") + ops.cast(self.agent_dense_bias, "float32"))

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "transition_agent": self.transition_agent,
            "agent_units": self.agent_units,
        }

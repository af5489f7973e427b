"""Attention that sees where it looked before."""

import keras
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.layers.attention.attention_mechanism import AttentionMechanism
from keras_speech.ops import location_attention


@keras.saving.register_keras_serializable("keras_speech")
class LocationSensitiveAttention(AttentionMechanism):
    """Additive attention with filters over its previous and its cumulated weights.

    Args:
        units: width in which query, memory and location are compared. Defaults to 128.
        filters: number of location filters. Defaults to 32.
        kernel_size: their length in memory steps, odd. Defaults to 31.

    Call arguments: see `AttentionMechanism`.

    Returns: `(context, weights, state)`; `weights` sum to 1 and are 0 on padding.

    Raises:
        ValueError: if a size is not a whole number from 1, or `kernel_size` even.

    Example:
    >>> import numpy as np
    >>> attention = LocationSensitiveAttention(units=16)
    >>> attention.build((2, 8), (2, 5, 12))
    >>> memory = attention.prepare(np.zeros((2, 5, 12)), np.ones((2, 5), "bool"))
    >>> state = attention.initial_state(memory)
    >>> context, weights, state = attention.step(np.zeros((2, 8)), memory, state)

    Reference: [Chorowski et al., 2015](https://arxiv.org/abs/1506.07503), section 2.2; the
    cumulated weights: [Shen et al., 2018](https://arxiv.org/abs/1712.05884), section 2.2.
    """

    def __init__(self, units=128, filters=32, kernel_size=31, **kwargs):
        super().__init__(**kwargs)
        self.units, self.filters, self.kernel_size = units, filters, kernel_size
        argument_checks.check_whole(units=units, filters=filters)
        argument_checks.check_odd(kernel_size=kernel_size)

    def build_weights(self, query_channels, value_channels):
        self.query_kernel = self.add_weight(shape=(query_channels, self.units), name="query_kernel")
        self.memory_kernel = self.add_weight(
            shape=(value_channels, self.units), name="memory_kernel"
        )
        self.location_filters = self.add_weight(
            shape=(2 * self.kernel_size, self.filters), name="location_filters"
        )
        self.location_dense = self.add_weight(
            shape=(self.filters, self.units), name="location_dense"
        )
        self.score_kernel = self.add_weight(shape=(self.units, 1), name="score_kernel")

    def keys(self, values):
        return (ops.matmul(values, self._cast(self.memory_kernel)),)

    def initial_state(self, memory):
        """Zeros for the previous and the cumulated weights, each `(batch, n)`."""
        zeros = ops.zeros_like(memory[0][:, :, 0])
        return zeros, zeros

    def step(self, query, memory, state, training=None, noise=None):
        """One step; see the class."""
        query = ops.matmul(self._cast(query), self._cast(self.query_kernel))
        state = tuple(self._cast(x) for x in state)
        context, weights = location_attention.attend(
            query, *memory, *state, self.location_kernel(), self._score_kernel()
        )
        return context, weights, (weights, state[1] + weights)

    def location_kernel(self):
        """Filters and dense layer as one: `(2 * kernel_size, units)`."""
        return ops.matmul(self._cast(self.location_filters), self._cast(self.location_dense))

    def loop_weights(self):
        """`(query_kernel, location_kernel, score_kernel)` for `ops.location_attention`."""
        return self._cast(self.query_kernel), self.location_kernel(), self._score_kernel()

    def _score_kernel(self):
        return self._cast(self.score_kernel)[:, 0]

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "filters": self.filters,
            "kernel_size": self.kernel_size,
        }

"""Additive attention."""

import keras
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.layers.attention.attention_mechanism import AttentionMechanism
from keras_speech.ops import attention


@keras.saving.register_keras_serializable("keras_speech")
class BahdanauAttention(AttentionMechanism):
    """Additive attention, which looks at content only.

        e_n = w . tanh(W q + U v_n),    a = softmax(e)

    With `normalize` the score vector has its length apart from its direction, and a bias joins:

        e_n = g w / |w| . tanh(W q + U v_n + b)

    Args:
        units: width in which query and memory are compared. Defaults to 128.
        normalize: whether the score vector is weight-normalized. Defaults to False.

    Call arguments: see `AttentionMechanism`.

    Returns: `(context, weights, state)`; `weights` sum to 1 and are 0 on padding.

    Raises:
        ValueError: if `units` is not a whole number from 1.

    Example:
    >>> import numpy as np
    >>> attention = BahdanauAttention(units=16)
    >>> attention.build((2, 8), (2, 5, 12))
    >>> memory = attention.prepare(np.zeros((2, 5, 12)), np.ones((2, 5), "bool"))
    >>> state = attention.initial_state(memory)
    >>> context, weights, state = attention.step(np.zeros((2, 8)), memory, state)

    Reference: [Bahdanau et al., 2015](https://arxiv.org/abs/1409.0473); normalized as in
    [Raffel et al., 2017](https://arxiv.org/abs/1704.00784), eq. 16.
    """

    def __init__(self, units=128, normalize=False, **kwargs):
        super().__init__(**kwargs)
        argument_checks.check_whole(units=units)
        self.units, self.normalize = units, normalize

    def build_weights(self, query_channels, value_channels):
        units = self.units
        self.query_kernel = self.add_weight(shape=(query_channels, units), name="query_kernel")
        self.memory_kernel = self.add_weight(shape=(value_channels, units), name="memory_kernel")
        self.score_kernel = self.add_weight(shape=(units, 1), name="score_kernel")
        if self.normalize:
            self.score_scale = self.add_weight(
                shape=(),
                initializer=keras.initializers.Constant(units**-0.5),
                name="score_scale",
            )
            self.bias = self.add_weight(shape=(units,), initializer="zeros", name="bias")

    def keys(self, values):
        return (ops.matmul(values, self._cast(self.memory_kernel)),)

    def energies(self, query, keys):
        """Energies `(batch, n)`, before the mask."""
        query = ops.matmul(query, self._cast(self.query_kernel))
        kernel, bias = self.score_kernel[:, 0], None
        if self.normalize:
            length = ops.sqrt(ops.sum(ops.square(kernel)))
            kernel, bias = self.score_scale * kernel / length, self._cast(self.bias)
        return attention.additive_energies(query, keys, self._cast(kernel), bias)

    def align(self, query, memory, state, training, noise):
        _, keys, mask = memory
        return attention.masked_softmax(self.energies(query, keys), mask), state

    def get_config(self):
        return {**super().get_config(), "units": self.units, "normalize": self.normalize}

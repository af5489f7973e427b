"""Multiplicative attention."""

import keras
from keras import ops

from keras_speech.layers.attention.attention_mechanism import AttentionMechanism
from keras_speech.ops import attention


@keras.saving.register_keras_serializable("keras_speech")
class LuongAttention(AttentionMechanism):
    """Multiplicative attention, which looks at content only.

        e_n = g q . (U v_n),    a = softmax(e)

    Args:
        scale: whether the energies have a learned scale `g`, 1 at first. Defaults to False (`g` is
            1).

    Call arguments: see `AttentionMechanism`.

    Returns: `(context, weights, state)`; `weights` sum to 1 and are 0 on padding.

    Example:
    >>> import numpy as np
    >>> attention = LuongAttention(scale=True)
    >>> attention.build((2, 8), (2, 5, 12))
    >>> memory = attention.prepare(np.zeros((2, 5, 12)), np.ones((2, 5), "bool"))
    >>> state = attention.initial_state(memory)
    >>> context, weights, state = attention.step(np.zeros((2, 8)), memory, state)

    Reference: [Luong et al., 2015](https://arxiv.org/abs/1508.04025), section 3.1, "general".
    """

    def __init__(self, scale=False, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def build_weights(self, query_channels, value_channels):
        self.memory_kernel = self.add_weight(
            shape=(value_channels, query_channels), name="memory_kernel"
        )
        if self.scale:
            self.score_scale = self.add_weight(shape=(), initializer="ones", name="score_scale")

    def keys(self, values):
        return (ops.matmul(values, self._cast(self.memory_kernel)),)

    def energies(self, query, keys):
        """Energies `(batch, n)`, before the mask."""
        energies = ops.matmul(keys, query[:, :, None])[:, :, 0]
        return energies * self._cast(self.score_scale) if self.scale else energies

    def align(self, query, memory, state, training, noise):
        _, keys, mask = memory
        return attention.masked_softmax(self.energies(query, keys), mask), state

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}

"""Any attention, kept near the place where it was."""

import keras
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.layers.attention import registry
from keras_speech.layers.attention.attention_mechanism import AttentionMechanism


@keras.saving.register_keras_serializable("keras_speech")
class WindowedAttention(AttentionMechanism):
    """Shows an attention, in inference, only the places around the last one.

    The last place is the one that had the most weight; at first it is the first. Everything outside
    of `[last - back, last + ahead]` is masked like padding. In training nothing is.

    Args:
        attention: attention layer, its name, or its config; see `layers.attention.get`. Defaults to
            `"location_sensitive"`.
        back: places that it may go back. Defaults to 1.
        ahead: places that it may go on. Defaults to 3.

    Call arguments: see `AttentionMechanism`.

    Returns: `(context, weights, state)`; `weights` are what the attention makes of what it sees.

    Raises:
        ValueError: if `back` or `ahead` is not a whole number from 0.

    Example:
    >>> import numpy as np
    >>> attention = WindowedAttention("bahdanau", back=0, ahead=2)
    >>> attention.build((2, 8), (2, 5, 12))
    >>> memory = attention.prepare(np.zeros((2, 5, 12)), np.ones((2, 5), "bool"))
    >>> state = attention.initial_state(memory)
    >>> context, weights, state = attention.step(np.zeros((2, 8)), memory, state)
    >>> (np.asarray(weights)[0] > 0).tolist()
    [True, True, True, False, False]

    Reference: [Ping et al., 2018](https://arxiv.org/abs/1710.07654), section 3.4, "monotonic
    attention in inference", where the window is `back=0, ahead=3`.
    """

    def __init__(self, attention="location_sensitive", back=1, ahead=3, **kwargs):
        super().__init__(**kwargs)
        argument_checks.check_whole(least=0, back=back, ahead=ahead)
        self.attention = registry.get(attention, dtype=self.dtype_policy)
        self.back, self.ahead = back, ahead

    def build(self, query_shape, memory_shape, state_shape=None):
        if not self.attention.built:
            self.attention.build(query_shape, memory_shape)

    def prepare(self, values, mask):
        """See the attention inside."""
        return self.attention.prepare(values, mask)

    def initial_state(self, memory):
        """The state of the attention inside, and the first place."""
        first = ops.zeros_like(memory[0][:, 0, 0])
        return self.attention.initial_state(memory), ops.cast(first, "int32")

    def sample_noise(self, shape, training):
        """See the attention inside."""
        return self.attention.sample_noise(shape, training)

    def step(self, query, memory, state, training=None, noise=None):
        """One step; see the class."""
        inner, last = state
        if not training:
            places = ops.arange(ops.shape(memory[-1])[1], dtype="int32")
            away = places[None, :] - last[:, None]
            near = ops.logical_and(away >= -self.back, away <= self.ahead)
            memory = (*memory[:-1], ops.logical_and(memory[-1], near))
        context, weights, inner = self.attention.step(
            query, memory, inner, training=training, noise=noise
        )
        # Where there is no weight at all (see the monotonic ones), it stays.
        found = ops.cast(ops.argmax(weights, axis=-1), "int32")
        last = ops.where(ops.max(weights, axis=-1) > 0, found, last)
        return context, weights, (inner, last)

    def get_config(self):
        return {
            **super().get_config(),
            "attention": registry.serialize(self.attention),
            "back": self.back,
            "ahead": self.ahead,
        }

"""Monotonic attention with multiplicative energies."""

import keras

from keras_speech.layers.attention.luong_attention import LuongAttention
from keras_speech.layers.attention.monotonic_alignment import MonotonicAlignment


@keras.saving.register_keras_serializable("keras_speech")
class LuongMonotonicAttention(MonotonicAlignment, LuongAttention):
    """`BahdanauMonotonicAttention` with the energies of `LuongAttention`.

    Args:
        scale: see `LuongAttention`. Defaults to False.
        mode, sigmoid_noise, score_bias_init, seed: see `BahdanauMonotonicAttention`. Default to
            `"parallel"`, 0, 0 and None.

    Call arguments: see `AttentionMechanism`.

    Returns: `(context, weights, state)`; `weights` sum to 1 at most, never go back, and are 0 on
    padding.

    Raises:
        ValueError: if `mode` is unknown, or `sigmoid_noise` negative.

    Example:
    >>> import numpy as np
    >>> attention = LuongMonotonicAttention(scale=True)
    >>> attention.build((2, 8), (2, 5, 12))
    >>> memory = attention.prepare(np.zeros((2, 5, 12)), np.ones((2, 5), "bool"))
    >>> state = attention.initial_state(memory)
    >>> context, weights, state = attention.step(np.zeros((2, 8)), memory, state)

    Reference: [Raffel et al., 2017](https://arxiv.org/abs/1704.00784). Noise is drawn in training
    only.
    """

    def __init__(
        self, scale=False, mode="parallel", sigmoid_noise=0.0, score_bias_init=0.0, seed=None,
        **kwargs,
    ):  # fmt: skip
        super().__init__(scale=scale, **kwargs)
        self.set_monotonic(mode, sigmoid_noise, score_bias_init, seed)

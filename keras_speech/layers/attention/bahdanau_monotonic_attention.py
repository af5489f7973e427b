"""Monotonic attention with additive energies."""

import keras

from keras_speech.layers.attention.bahdanau_attention import BahdanauAttention
from keras_speech.layers.attention.monotonic_alignment import MonotonicAlignment


@keras.saving.register_keras_serializable("keras_speech")
class BahdanauMonotonicAttention(MonotonicAlignment, BahdanauAttention):
    """Attention that goes on from where it stood and stops where its energy says so.

    The probability to stop at a place is the sigmoid of `BahdanauAttention`'s energy plus a
    learned scalar; `ops.attention.monotonic_weights` makes weights of it. They never go back, and
    sum to 1 at most: what passes the last place is lost for good.

    Args:
        units, normalize: see `BahdanauAttention`. Default to 128 and False.
        mode: `"parallel"` or `"recursive"` for expected weights, to train with; `"hard"` for the
            first place whose energy is above 0, which has no gradient. A layer that was trained
            with one may be used with another: set its `mode`.
        sigmoid_noise: spread of the normal noise that is added to the energies in training, so that
            they grow until the decision is nearly hard. Defaults to 0.
        score_bias_init: first value of the learned scalar; a negative one has the attention go on
            far at first. Defaults to 0.
        seed: seed of the noise. Defaults to None.

    Call arguments: see `AttentionMechanism`.

    Returns: `(context, weights, state)`; `weights` are 0 on padding.

    Raises:
        ValueError: if `mode` is unknown, or `sigmoid_noise` negative.

    Example:
    >>> import numpy as np
    >>> attention = BahdanauMonotonicAttention(units=16, mode="hard", score_bias_init=1.0)
    >>> attention.build((2, 8), (2, 5, 12))
    >>> memory = attention.prepare(np.zeros((2, 5, 12)), np.ones((2, 5), "bool"))
    >>> state = attention.initial_state(memory)
    >>> context, weights, state = attention.step(np.zeros((2, 8)), memory, state)
    >>> np.asarray(weights)[0].tolist()
    [1.0, 0.0, 0.0, 0.0, 0.0]

    Reference: [Raffel et al., 2017](https://arxiv.org/abs/1704.00784). Noise is drawn in training
    only.
    """

    def __init__(
        self, units=128, normalize=False, mode="parallel", sigmoid_noise=0.0, score_bias_init=0.0,
        seed=None, **kwargs,
    ):  # fmt: skip
        super().__init__(units=units, normalize=normalize, **kwargs)
        self.set_monotonic(mode, sigmoid_noise, score_bias_init, seed)

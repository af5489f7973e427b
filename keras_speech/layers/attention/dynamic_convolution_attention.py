"""Attention that filters where it was to find where it goes."""

import keras
import numpy as np
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.layers.attention.attention_mechanism import AttentionMechanism
from keras_speech.ops import attention, location_attention

# Least prior probability: enough to leave a place that the prior alone would not.
MIN_PRIOR = 1e-6


@keras.saving.register_keras_serializable("keras_speech")
class DynamicConvolutionAttention(AttentionMechanism):
    """Attention that knows places only, by filters over its last weights.

        f = F * a,    g = G(q) * a,    p = log max(P * a, 1e-6)
        e_n = w . tanh(U f_n + T g_n + b) + p_n,    a = softmax(e)

    The static filters `F` are learned; the dynamic ones `G(q) = V_G tanh(W_G q + b_G)` are made at
    each step; the prior `P` is a fixed beta-binomial filter that goes on, never back.

    Args:
        units: width of both hidden layers. Defaults to 128.
        static_filters, static_length: number and length of the filters `F`; the length is odd.
            Default to 8 and 21.
        dynamic_filters, dynamic_length: of the filters `G`. Default to 8 and 21.
        prior_length: taps of `P`, one more than the places that it may go on by. Defaults to 11.
        prior_alpha, prior_beta: of the beta-binomial distribution, whose mean
            `(prior_length - 1) * alpha / (alpha + beta)` is the number of places to go on by in a
            step. Default to 0.1 and 0.9: one place.

    Call arguments: see `AttentionMechanism`.

    Returns: `(context, weights, state)`; `weights` sum to 1 and are 0 on padding. The state is the
    last weights, all on the first place at first.

    Raises:
        ValueError: if a size is not a whole number from 1, a filter's length even, or a number of
            the prior not greater than 0.

    Example:
    >>> import numpy as np
    >>> attention = DynamicConvolutionAttention(units=16)
    >>> attention.build((2, 8), (2, 5, 12))
    >>> memory = attention.prepare(np.zeros((2, 5, 12)), np.ones((2, 5), "bool"))
    >>> state = attention.initial_state(memory)
    >>> context, weights, state = attention.step(np.zeros((2, 8)), memory, state)

    Reference: [Battenberg et al., 2020](https://arxiv.org/abs/1910.10288), section 2.4.
    """

    def __init__(
        self, units=128, static_filters=8, static_length=21, dynamic_filters=8, dynamic_length=21,
        prior_length=11, prior_alpha=0.1, prior_beta=0.9, **kwargs,
    ):  # fmt: skip
        super().__init__(**kwargs)
        argument_checks.check_whole(
            units=units, static_filters=static_filters, dynamic_filters=dynamic_filters,
            prior_length=prior_length,
        )  # fmt: skip
        argument_checks.check_odd(static_length=static_length, dynamic_length=dynamic_length)
        argument_checks.check_positive(prior_alpha=prior_alpha, prior_beta=prior_beta)
        self.units = units
        self.static_filters, self.static_length = static_filters, static_length
        self.dynamic_filters, self.dynamic_length = dynamic_filters, dynamic_length
        self.prior_length = prior_length
        self.prior_alpha, self.prior_beta = prior_alpha, prior_beta
        # As a window that is centered on the place it leads to, so that all it may come from lies
        # in its first half.
        forward = attention.advance_filter(prior_length, prior_alpha, prior_beta)
        self._prior = np.concatenate([forward[::-1], np.zeros(prior_length - 1, "float32")])

    def build_weights(self, query_channels, value_channels):
        units = self.units

        def weight(name, *shape):
            return self.add_weight(shape=shape, name=name)

        dynamic = self.dynamic_length * self.dynamic_filters
        self.static_kernel = weight("static_kernel", self.static_length, self.static_filters)
        self.static_dense = weight("static_dense", self.static_filters, units)
        self.filter_hidden_kernel = weight("filter_hidden_kernel", query_channels, units)
        self.filter_hidden_bias = self.add_weight(
            shape=(units,), initializer="zeros", name="filter_hidden_bias"
        )
        self.filter_kernel = weight("filter_kernel", units, dynamic)
        self.dynamic_dense = weight("dynamic_dense", self.dynamic_filters, units)
        self.bias = self.add_weight(shape=(units,), initializer="zeros", name="bias")
        self.score_kernel = weight("score_kernel", units, 1)

    def initial_state(self, memory):
        """All weight on the first place."""
        return (attention.start_at_first(memory[0]),)

    def dynamic_kernel(self, query):
        """The filters of this step, `(batch, dynamic_length, dynamic_filters)`."""
        hidden = ops.matmul(query, self._cast(self.filter_hidden_kernel))
        hidden = ops.tanh(hidden + self._cast(self.filter_hidden_bias))
        taps = ops.matmul(hidden, self._cast(self.filter_kernel))
        return ops.reshape(taps, (-1, self.dynamic_length, self.dynamic_filters))

    def align(self, query, memory, state, training, noise):
        mask, (previous,) = memory[-1], state
        seen = ops.cast(previous, self.compute_dtype)
        # Filters and the dense layer on them have nothing between: they act as one matrix.
        static = ops.matmul(self._cast(self.static_kernel), self._cast(self.static_dense))
        dynamic = ops.matmul(self.dynamic_kernel(query), self._cast(self.dynamic_dense))
        hidden = location_attention.dense(
            location_attention.unfold(seen, self.static_length), static
        ) + ops.matmul(location_attention.unfold(seen, self.dynamic_length), dynamic)
        energies = attention.score(
            ops.tanh(hidden + self._cast(self.bias)), self._cast(self.score_kernel)[:, 0]
        )
        windows = location_attention.unfold(previous, len(self._prior))
        prior = ops.sum(windows * self._prior, axis=-1)
        energies = ops.cast(energies, "float32") + ops.log(ops.maximum(prior, MIN_PRIOR))
        weights = attention.masked_softmax(energies, mask)
        return weights, (weights,)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "static_filters": self.static_filters,
            "static_length": self.static_length,
            "dynamic_filters": self.dynamic_filters,
            "dynamic_length": self.dynamic_length,
            "prior_length": self.prior_length,
            "prior_alpha": self.prior_alpha,
            "prior_beta": self.prior_beta,
        }

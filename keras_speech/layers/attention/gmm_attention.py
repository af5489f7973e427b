"""Attention by a mixture of Gaussians whose means only go on."""

import math

import keras
import numpy as np
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.layers.attention.attention_mechanism import AttentionMechanism

VERSIONS = ("v0", "v1", "v2")

# A tenth of a place of spread: a narrower Gaussian would fall between two places and weigh nothing.
MIN_VARIANCE = 1e-2


@keras.saving.register_keras_serializable("keras_speech")
class GMMAttention(AttentionMechanism):
    """Attention that knows places only: it compares nothing with the memory.

        (omega, delta, sigma) = K parameters each, of V tanh(W q + b) + c
        mean_k = last mean_k + Delta_k
        a_n = sum_k w_k / Z_k exp(-(n - mean_k)^2 / (2 Sigma_k^2)),    n = 0, 1, 2, ...

    | version | w | Z | Delta | Sigma |
    |---|---|---|---|---|
    | `"v0"` | exp(omega) | 1 | exp(delta) | sqrt(exp(-sigma) / 2) |
    | `"v1"` | softmax(omega) | sqrt(2 pi Sigma^2) | exp(delta) | sqrt(exp(sigma)) |
    | `"v2"` | softmax(omega) | sqrt(2 pi Sigma^2) | softplus(delta) | softplus(sigma) |

    Args:
        units: width of the hidden layer. Defaults to 128.
        n_components: number of Gaussians. Defaults to 5.
        version: `"v0"` (Graves), `"v1"` or `"v2"`. Defaults to `"v2"`.
        initial_delta: places by which the means go on in a step at first: the bias `c` starts where
            it gives that. None for a bias of 0. Defaults to 1.
        initial_sigma: standard deviation at first, in places, likewise. Defaults to 10.

    Call arguments: see `AttentionMechanism`.

    Returns: `(context, weights, state)`; `weights` are 0 on padding. They are not divided by their
    sum: that of `"v1"` and `"v2"` is near 1 while the means are well inside of the text, and falls
    to 0 when they have left it; that of `"v0"` may be anything. The state is the means, which never
    go back.

    Raises:
        ValueError: if `version` is unknown, a size not a whole number from 1, or another number
            not greater than 0.

    Example:
    >>> import numpy as np
    >>> attention = GMMAttention(units=16, n_components=3)
    >>> attention.build((2, 8), (2, 5, 12))
    >>> memory = attention.prepare(np.zeros((2, 5, 12)), np.ones((2, 5), "bool"))
    >>> state = attention.initial_state(memory)
    >>> context, weights, state = attention.step(np.zeros((2, 8)), memory, state)
    >>> np.round(np.asarray(state[0])[0], 5).tolist()
    [1.0, 1.0, 1.0]

    Reference: [Battenberg et al., 2020](https://arxiv.org/abs/1910.10288), section 2.2 and table 1;
    `"v0"` is that of [Graves, 2013](https://arxiv.org/abs/1308.0850). Variances are kept above
    0.01.
    """

    def __init__(
        self, units=128, n_components=5, version="v2", initial_delta=1.0, initial_sigma=10.0,
        **kwargs,
    ):  # fmt: skip
        super().__init__(**kwargs)
        if version not in VERSIONS:
            raise ValueError(
                f"`version` must be one of {', '.join(VERSIONS)}. Received: version={version!r}"
            )
        argument_checks.check_whole(units=units, n_components=n_components)
        for name, value in (("initial_delta", initial_delta), ("initial_sigma", initial_sigma)):
            if value is not None:
                argument_checks.check_positive(**{name: value})
        self.units, self.n_components, self.version = units, n_components, version
        self.initial_delta, self.initial_sigma = initial_delta, initial_sigma

    def build_weights(self, query_channels, value_channels):
        units, n = self.units, self.n_components
        self.hidden_kernel = self.add_weight(shape=(query_channels, units), name="hidden_kernel")
        self.hidden_bias = self.add_weight(shape=(units,), initializer="zeros", name="hidden_bias")
        self.parameter_kernel = self.add_weight(shape=(units, 3 * n), name="parameter_kernel")
        self.parameter_bias = self.add_weight(
            shape=(3 * n,), initializer=self._first_bias, name="parameter_bias"
        )

    def _first_bias(self, shape, dtype=None):
        delta = 0.0 if self.initial_delta is None else self._delta_bias(self.initial_delta)
        sigma = 0.0 if self.initial_sigma is None else self._sigma_bias(self.initial_sigma)
        return ops.convert_to_tensor(np.repeat([0.0, delta, sigma], self.n_components), dtype)

    def _delta_bias(self, delta):
        return _inverse_softplus(delta) if self.version == "v2" else math.log(delta)

    def _sigma_bias(self, sigma):
        if self.version == "v0":
            return -math.log(2.0 * sigma**2)
        return _inverse_softplus(sigma) if self.version == "v2" else 2.0 * math.log(sigma)

    def initial_state(self, memory):
        """Means of 0, `(batch, n_components)`, in float32: they count places."""
        zeros = ops.cast(ops.zeros_like(memory[0][:, 0, :1]), "float32")
        return (ops.repeat(zeros, self.n_components, axis=1),)

    def parameters(self, query):
        """`(share, delta, variance)`, each `(batch, n_components)`; share is `w / Z`."""
        hidden = ops.matmul(query, self._cast(self.hidden_kernel)) + self._cast(self.hidden_bias)
        raw = ops.matmul(ops.tanh(hidden), self._cast(self.parameter_kernel))
        raw = ops.cast(raw, "float32") + ops.cast(self.parameter_bias, "float32")
        omega, delta, sigma = ops.split(raw, 3, axis=-1)
        if self.version == "v0":
            variance = ops.exp(-sigma) / 2.0
            return ops.exp(omega), ops.exp(delta), ops.maximum(variance, MIN_VARIANCE)
        if self.version == "v1":
            delta, variance = ops.exp(delta), ops.exp(sigma)
        else:
            delta, variance = ops.softplus(delta), ops.square(ops.softplus(sigma))
        variance = ops.maximum(variance, MIN_VARIANCE)
        # Keras's own softmax warns about a single Gaussian.
        share = ops.exp(omega - ops.logsumexp(omega, axis=-1, keepdims=True))
        return share / ops.sqrt(2.0 * math.pi * variance), delta, variance

    def align(self, query, memory, state, training, noise):
        mask = memory[-1]
        share, delta, variance = self.parameters(query)
        means = state[0] + delta
        places = ops.cast(ops.arange(ops.shape(mask)[1]), "float32")
        # [b, n, k]
        distance = places[None, :, None] - means[:, None, :]
        bells = share[:, None, :] * ops.exp(-ops.square(distance) / (2.0 * variance[:, None, :]))
        return ops.where(mask, ops.sum(bells, axis=-1), 0.0), (means,)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "n_components": self.n_components,
            "version": self.version,
            "initial_delta": self.initial_delta,
            "initial_sigma": self.initial_sigma,
        }


def _inverse_softplus(y):
    return y + math.log(-math.expm1(-y))

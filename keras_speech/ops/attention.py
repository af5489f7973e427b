"""What attention mechanisms share. Energies and weights are `(batch, n)`, in float32."""

import math

import numpy as np
from keras import ops

# Padding gets this energy: its weight is exactly 0 after the softmax.
MASKED_ENERGY = -1e9

# Least share that `parallel` monotonic attention divides by.
TINY_PRODUCT = 1e-10

MONOTONIC_MODES = ("parallel", "recursive", "hard")


def masked_softmax(energies, mask):
    """Softmax over what `mask` marks as real, 0 elsewhere.

    Args:
        energies: float tensor `(batch, n)`.
        mask: bool `(batch, n)`, True where a place is real.

    Returns: float32 `(batch, n)`; rows sum to 1, or to 0 where nothing is real.

    Example:
    >>> import numpy as np
    >>> np.asarray(masked_softmax(np.zeros((1, 3)), np.array([[True, True, False]]))).tolist()
    [[0.5, 0.5, 0.0]]
    """
    energies = ops.where(mask, ops.cast(energies, "float32"), MASKED_ENERGY)
    return ops.softmax(energies, axis=-1) * ops.cast(mask, "float32")


def context(weights, values):
    """Sum of the values, each times its weight.

    Args:
        weights: `(batch, n)`.
        values: `(batch, n, channels)`.

    Returns: `(batch, channels)`, in the dtype of `values`.

    Example:
    >>> import numpy as np
    >>> values = np.array([[[2.0, 0.0], [4.0, 8.0]]])
    >>> np.asarray(context(np.array([[0.25, 0.75]]), values)).tolist()
    [[3.5, 6.0]]
    """
    return ops.matmul(ops.cast(weights, values.dtype)[:, None, :], values)[:, 0, :]


def additive_energies(query, keys, score_kernel, bias=None):
    """`score_kernel . tanh(query + keys + bias)`.

    Args:
        query: `(batch, units)`, already multiplied by its kernel.
        keys: `(batch, n, units)`, the memory multiplied by its kernel.
        score_kernel: `(units,)`.
        bias: `(units,)`. Defaults to None.

    Returns: `(batch, n)`.

    Example:
    >>> import numpy as np
    >>> query, keys = np.array([[20.0, 0.0]]), np.array([[[0.0, 0.0], [0.0, -20.0]]])
    >>> np.asarray(additive_energies(query, keys, np.array([2.0, 3.0]))).tolist()
    [[2.0, -1.0]]

    Reference: [Bahdanau et al., 2015](https://arxiv.org/abs/1409.0473), appendix A.1.2.
    """
    query = query if bias is None else query + bias
    return score(ops.tanh(query[:, None, :] + keys), score_kernel)


def score(hidden, score_kernel):
    """One number for each place from what is hidden there.

    Args:
        hidden: `(batch, n, units)`.
        score_kernel: `(units,)`.

    Returns: `(batch, n)`.

    Example:
    >>> import numpy as np
    >>> np.asarray(score(np.array([[[1.0, 2.0], [3.0, 4.0]]]), np.array([1.0, 10.0]))).tolist()
    [[21.0, 43.0]]
    """
    batch, n, units = ops.shape(hidden)
    flat = ops.matmul(ops.reshape(hidden, (batch * n, units)), score_kernel[:, None])
    return ops.reshape(flat, (batch, n))


def start_at_first(values):
    """Weights of a reader that stands at the first place.

    Args:
        values: `(batch, n, channels)`, what is to be read.

    Returns: float32 `(batch, n)`: 1 at the first place, 0 elsewhere.

    Example:
    >>> import numpy as np
    >>> np.asarray(start_at_first(np.zeros((1, 3, 8)))).tolist()
    [[1.0, 0.0, 0.0]]
    """
    zeros = ops.cast(ops.zeros_like(values[:, :, 0]), "float32")
    return zeros + ops.cast(ops.arange(ops.shape(values)[1]) == 0, "float32")


def shifted(x):
    """Everything one place further, a zero first.

    Args:
        x: `(batch, n)`.

    Returns: `(batch, n)`; what stood at the last place is gone.

    Example:
    >>> import numpy as np
    >>> np.asarray(shifted(np.array([[1.0, 2.0, 3.0]]))).tolist()
    [[0.0, 1.0, 2.0]]
    """
    return ops.pad(x[:, :-1], [[0, 0], [1, 0]])


def monotonic_weights(probability, previous, mode="parallel"):
    """Where a reader ends up that goes on from where it stood and never goes back.

    At each place from the last one on, the reader stops with that place's probability:

        weights[j] = probability[j] * sum over i <= j of
                     previous[i] * (1 - probability[i]) * ... * (1 - probability[j - 1])

    What does not stop at all is lost: the weights sum to 1 at most.

    Args:
        probability: `(batch, n)`, of stopping at each place; 0 on padding. In `"hard"` mode 0 or 1.
        previous: `(batch, n)`, the weights of the step before.
        mode: `"recursive"` follows the equation place by place; `"parallel"` forms it by
            cumulative sums and products, fast, but inexact where the product of many
            probabilities underflows; `"hard"` takes the first place that says stop.

    Returns: `(batch, n)`.

    Raises:
        ValueError: if `mode` is none of the three.

    Example:
    >>> import numpy as np
    >>> first = np.array([[1.0, 0.0, 0.0]])
    >>> np.asarray(monotonic_weights(np.full((1, 3), 0.5), first)).tolist()
    [[0.5, 0.25, 0.125]]

    Reference: [Raffel et al., 2017](https://arxiv.org/abs/1704.00784), eq. 8 to 10 and
    appendix C.
    """
    check_monotonic_mode(mode)
    if mode == "hard":
        stops = probability * ops.cumsum(previous, axis=1)
        return stops * _product_before(1.0 - stops)
    if mode == "parallel":
        passed = _product_before(1.0 - probability)
        arrived = previous / ops.clip(passed, TINY_PRODUCT, 1.0)
        return probability * passed * ops.cumsum(arrived, axis=1)
    return probability * _linear_recurrence(shifted(1.0 - probability), previous)


def check_monotonic_mode(mode):
    """Raise `ValueError` for a mode that `monotonic_weights` does not know."""
    if mode not in MONOTONIC_MODES:
        raise ValueError(
            f"`mode` must be one of {', '.join(MONOTONIC_MODES)}. Received: mode={mode!r}"
        )


def _product_before(x):
    """Product of all that comes before each place, by logarithms, 1 at the first."""
    logs = ops.log(ops.clip(x, float(np.finfo("float32").tiny), 1.0))
    return ops.exp(shifted(ops.cumsum(logs, axis=1)))


def _linear_recurrence(factors, terms):
    """`y[j] = factors[j] * y[j - 1] + terms[j]`, from `y[-1] = 0`."""
    rows = ops.transpose(ops.stack([factors, terms], axis=-1), (1, 0, 2))

    def step(before, row):
        factor, term = ops.unstack(row, 2, axis=-1)
        after = factor * before + term
        return after, after

    _, result = ops.scan(step, ops.zeros_like(terms[:, 0]), rows)
    return ops.transpose(result)


def advance_filter(length, alpha, beta):
    """Probability of each number of places, 0 to `length - 1`, to go on by in a step.

    Args:
        length: int, one more than the farthest that a step goes.
        alpha, beta: of the beta-binomial distribution, positive; its mean is
            `(length - 1) * alpha / (alpha + beta)`.

    Returns: float32 NumPy array `(length,)`, whose sum is 1.

    Example:
    >>> float(np.round(advance_filter(11, 0.1, 0.9) @ np.arange(11), 5))
    1.0

    Reference: [Battenberg et al., 2020](https://arxiv.org/abs/1910.10288), section 2.4.
    """
    n = length - 1

    def log_beta(a, b):
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    logs = [
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
        + log_beta(k + alpha, n - k + beta) - log_beta(alpha, beta)
        for k in range(length)
    ]  # fmt: skip
    return np.exp(logs).astype("float32")

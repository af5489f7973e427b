"""Draw from a categorical distribution in few cheap steps."""

import math

import numpy as np
from keras import ops

# Up to this many categories, comparing each with each costs less than two rounds.
_AT_ONCE = 32


def sample(logits, noise, temperature=1.0, top_p=1.0):
    """Category that the inverse of the cumulative distribution gives for a uniform number.

    Made for a compiled loop that draws once per audio sample: it takes neither sort nor scatter
    nor gather, nor a running sum, which is several times slower under XLA on a CPU.

    Args:
        logits: float32 tensor `(batch, n)`.
        noise: float32 tensor `(batch,)`, uniform in [0, 1].
        temperature: number or scalar tensor above 0 that divides the logits. Defaults to 1.
        top_p: float in (0, 1]; below 1, only the nucleus is drawn from. Defaults to 1.

    Returns: int32 tensor `(batch,)` in `0 ... n - 1`, never a category of probability 0.

    Example:

    >>> import numpy as np
    >>> logits = np.log(np.array([[0.1, 0.7, 0.2]] * 3, "float32"))
    >>> np.asarray(sample(logits, np.array([0.05, 0.5, 0.9], "float32"))).tolist()
    [0, 1, 2]
    """
    logits = logits - ops.max(logits, axis=-1, keepdims=True)
    if not (isinstance(temperature, int | float) and temperature == 1):
        logits = logits / ops.maximum(ops.cast(temperature, "float32"), 1e-30)
    masses = ops.exp(logits)
    if top_p < 1:
        masses = nucleus(masses, top_p)
    return locate(masses, noise * ops.sum(masses, axis=-1))


def nucleus(masses, top_p, n_iter=24):
    """Set all but the most likely categories, which together hold the share `top_p`, to 0.

    Args:
        masses: float32 tensor `(batch, n)`, not negative; probabilities up to a factor.
        top_p: float in (0, 1), share of the whole to keep.
        n_iter: int, number of times the threshold's interval is halved. Defaults to 24, by when
            it is as narrow as a float32 resolves.

    Returns: tensor like `masses`. Categories as likely as the least likely one kept are kept too.

    Reference: [Holtzman et al., 2020](https://arxiv.org/abs/1904.09751), section 3.1; by bisection
    of the threshold instead of a sort.
    """
    needed = top_p * ops.sum(masses, axis=-1, keepdims=True)
    high = ops.max(masses, axis=-1, keepdims=True)

    def halve(_, interval):
        low, high = interval
        middle = 0.5 * (low + high)
        kept = ops.sum(ops.where(masses >= middle, masses, 0.0), axis=-1, keepdims=True)
        enough = kept >= needed
        return ops.where(enough, middle, low), ops.where(enough, high, middle)

    low, _ = ops.fori_loop(0, n_iter, halve, (ops.zeros_like(high), high))
    return ops.where(masses >= low, masses, 0.0)


def locate(masses, target):
    """Last category with a mass whose predecessors sum to no more than `target`.

    Args:
        masses: float32 tensor `(batch, n)`, not negative.
        target: float32 tensor `(batch,)`, from 0 to the sum of the masses.

    Returns: int32 tensor `(batch,)`.
    """
    n = masses.shape[-1]
    if n <= _AT_ONCE:
        return _locate(masses, target)[0]
    # First the block, then the category in it: 2 n multiplications rather than n * n.
    columns = math.isqrt(n - 1) + 1
    rows = -(-n // columns)
    if rows * columns > n:
        masses = ops.pad(masses, ((0, 0), (0, rows * columns - n)))
    blocks = ops.reshape(masses, (-1, rows, columns))
    row, before = _locate(ops.sum(blocks, axis=-1), target)
    is_row = ops.expand_dims(np.arange(rows, dtype="int32") == ops.expand_dims(row, -1), -1)
    block = ops.sum(ops.where(is_row, blocks, 0.0), axis=1)
    # Rounding must not lead in front of the block's first category.
    column, _ = _locate(block, ops.maximum(target - before, 0.0))
    return row * columns + column


def _locate(masses, target):
    """Returns the category, and the sum of the masses before it, by comparing each with each."""
    n = masses.shape[-1]
    earlier = np.tri(n, k=-1, dtype="float32")
    # Not a matrix product: accelerators round its factors.
    before = ops.sum(ops.expand_dims(masses, 1) * earlier, axis=-1)
    reached = ops.logical_and(masses > 0, before <= ops.expand_dims(target, -1))
    category = ops.max(ops.where(reached, np.arange(n, dtype="int32"), 0), axis=-1)
    return category, ops.max(ops.where(reached, before, 0.0), axis=-1)

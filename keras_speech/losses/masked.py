"""Means that padding does not change."""

from keras import ops

from keras_speech.ops import replicas


def masked_mean(values, mask):
    """Mean of `values` over what `mask` marks as real.

    Where replicas share a batch, the mean of their results is that over the whole batch.

    Args:
        values: float tensor `(batch, time, ...)`.
        mask: bool tensor `(batch, time)`.

    Returns: float32 scalar; 0 where nothing is real.

    Example:
    >>> import numpy as np
    >>> float(masked_mean(np.array([[1.0, 3.0, 99.0]]), np.array([[True, True, False]])))
    2.0
    """
    values = ops.cast(values, "float32")
    weights = ops.cast(mask, "float32")
    per_step = 1
    for axis in values.shape[2:]:
        weights = weights[..., None]
        per_step *= axis
    total = ops.sum(values * weights)
    n_real = replicas.mean_over_replicas(ops.sum(weights))
    return total / ops.maximum(n_real * per_step, 1.0)

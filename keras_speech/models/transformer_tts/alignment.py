"""One alignment from the weights of many heads."""

from keras import ops

from keras_speech.ops import masking


def mean_head(weights):
    """The mean of all heads: `(batch, heads, steps, tokens)` -> `(batch, steps, tokens)`."""
    return ops.mean(weights, axis=1)


def most_diagonal_head(weights, step_lengths, token_lengths):
    """Of each row, the head whose weights lie nearest to the diagonal.

    Without guidance some heads follow the text and others do not, and nobody knows which.

    Args:
        weights: float tensor `(batch, heads, steps, tokens)`.
        step_lengths, token_lengths: int `(batch,)`, how many of each are real.

    Returns: float tensor `(batch, steps, tokens)`.

    Example:
    >>> import numpy as np
    >>> heads = np.stack([np.eye(3)[::-1], np.eye(3)])[None]
    >>> np.asarray(most_diagonal_head(heads, np.array([3]), np.array([3])))[0].tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    weights = ops.convert_to_tensor(weights)
    _, n_heads, n_steps, n_tokens = ops.shape(weights)
    distance = ops.square(
        _share(n_steps, step_lengths)[:, :, None] - _share(n_tokens, token_lengths)[:, None, :]
    )
    real = ops.cast(masking.sequence_mask(step_lengths, n_steps), "float32")
    cost = ops.cast(weights, "float32") * (distance * real[:, :, None])[:, None]
    best = ops.argmin(ops.sum(cost, axis=(2, 3)), axis=1)
    # A product rather than an index: rows differ in their head.
    chosen = ops.cast(ops.equal(ops.arange(n_heads)[None, :], best[:, None]), weights.dtype)
    return ops.sum(weights * chosen[:, :, None, None], axis=1)


def _share(n, lengths):
    """float32 `(batch, n)`: each place as a share of the row's length."""
    places = ops.cast(ops.arange(n), "float32")[None, :]
    return places / ops.cast(ops.maximum(lengths, 1), "float32")[:, None]

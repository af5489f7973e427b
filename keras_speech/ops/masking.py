"""Masks for padded sequences."""

from keras_speech.ops import dynamic


def sequence_mask(lengths, max_length):
    """True on the first `lengths[i]` positions of row `i`.

    Args:
        lengths: integer tensor `(batch,)`, or of any shape.
        max_length: int or scalar integer tensor, length of the new last axis.

    Returns: bool tensor `(batch, max_length)`.

    Example:

    >>> import numpy as np
    >>> np.asarray(sequence_mask(np.array([1, 3]), 3)).tolist()
    [[True, False, False], [True, True, True]]
    """
    xp = dynamic.namespace(lengths, max_length)
    lengths = xp.cast(xp.convert_to_tensor(lengths), "int32")
    return xp.arange(max_length, dtype="int32") < xp.expand_dims(lengths, -1)

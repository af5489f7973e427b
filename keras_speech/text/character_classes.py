"""Classes of characters as Python's `str` methods have them, for code points in a graph."""

import functools

import tensorflow as tf

# No character of these classes stands beyond.
_LAST_CODE = 0x20000

SPACE, LOWER, UPPER, DIGIT = str.isspace, str.islower, str.isupper, str.isdigit


def is_in(codes, method):
    """Tells which code points are in a class.

    Args:
        codes: int32 tensor of any shape.
        method: of `SPACE`, `LOWER`, `UPPER` and `DIGIT`.

    Returns: bool tensor like `codes`.

    Example:

    >>> is_in(tf.constant([32, 65, 97]), UPPER).numpy().tolist()
    [False, True, False]
    """
    edges = tf.constant(_edges(method), tf.int32)
    crossed = tf.searchsorted(edges, tf.reshape(codes, [-1]), side="right")
    return tf.reshape(tf.equal(crossed % 2, 1), tf.shape(codes))


def among(codes, characters):
    """Tells which code points are those of a `str`."""
    hits = tf.zeros_like(codes, tf.bool)
    for character in characters:
        hits |= tf.equal(codes, ord(character))
    return hits


def found(keys, table):
    """Tells which `keys` are in the sorted `table`."""
    place = tf.minimum(tf.searchsorted(table, keys), tf.size(table) - 1)
    return tf.equal(tf.gather(table, place), keys)


@functools.cache
def _edges(method):
    """Code points at which the class begins and ends, in turns."""
    inside = [False, *(method(chr(code)) for code in range(_LAST_CODE)), False]
    return [code for code in range(_LAST_CODE + 1) if inside[code] != inside[code + 1]]

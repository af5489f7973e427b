"""Random numbers that are a function of their place: the same on any backend, in any chunks."""

from keras import ops


def uniform(seed, start, shape):
    """Uniform numbers in (0, 1), each hashed from the seed and its own three indices.

    A generator with a state gives other numbers when it is asked in other portions; these are
    the same for a whole signal, for its chunks, for any batch and in a compiled graph.

    Args:
        seed: integer scalar, taken modulo `2**32`.
        start: integer scalar, index of the first entry along the first axis.
        shape: tuple of three integers.

    Returns: float32 tensor of that shape.

    Example:

    >>> import numpy as np
    >>> whole = np.asarray(uniform(7, 0, (6, 2, 1)))
    >>> part = np.asarray(uniform(7, 4, (2, 2, 1)))
    >>> bool((whole[4:] == part).all())
    True

    Reference: the integer hash `lowbias32` of Chris Wellons, public domain
    (https://nullprogram.com/blog/2018/07/31/), chained over the indices.
    """
    if isinstance(seed, int):
        seed %= 2**32
    index = ops.cast(start, "uint32") + _indices(shape[0])
    hashed = _hash(ops.bitwise_xor(_hash(index), ops.cast(seed, "uint32")))[:, None, None]
    for axis in (1, 2):
        index = _indices(shape[axis])
        # Odd multiples of the golden ratio's fraction: small indices differ in their high bits.
        index = ops.reshape(index * _uint32(0x9E3779B9) + _uint32(axis), (-1,) + (1,) * (2 - axis))
        hashed = _hash(ops.bitwise_xor(hashed, index))
    # 23 bits and a half: neither 0 nor 1 in float32.
    bits = ops.cast(ops.right_shift(hashed, _uint32(9)), "float32")
    return (bits + 0.5) * 2.0**-23


def _hash(x):
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x = ops.bitwise_xor(x, ops.right_shift(x, _uint32(shift))) * _uint32(factor)
    return ops.bitwise_xor(x, ops.right_shift(x, _uint32(16)))


def _uint32(value):
    return ops.convert_to_tensor(value, dtype="uint32")


def _indices(n):
    # XLA has no range of unsigned integers.
    return ops.cast(ops.arange(n, dtype="int32"), "uint32")

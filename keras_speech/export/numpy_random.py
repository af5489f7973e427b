"""The random numbers of NumPy's `default_rng`, in a graph: the same seed gives the same sound."""

import tensorflow as tf

# PCG XSL RR 128/64 (O'Neill, 2014): state * MULTIPLIER + increment, modulo 2**128.
_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
_LIMBS = 4  # a number of 128 bits as four of 32, the lowest first, in uint64


def uniform(seed, n):
    """What `numpy.random.default_rng(seed).random(n, dtype="float32")` gives, bit for bit.

    Args:
        seed: int64 scalar tensor, from 0.
        n: int.

    Returns: float32 tensor `(n,)`, in [0, 1).

    Example:

    >>> import numpy as np
    >>> ours = uniform(tf.constant(7, tf.int64), 5).numpy()
    >>> bool((ours == np.random.default_rng(7).random(5, dtype="float32")).all())
    True

    Reference: O'Neill, 2014, "PCG: A Family of Simple Fast Space-Efficient Statistically Good
    Algorithms for Random Number Generation", and NumPy's `SeedSequence`, which mixes the seed.
    """
    state, increment = _seeded(tf.cast(seed, tf.uint64))
    output = _output(_states(state, increment, -(-n // 2)))
    # Each number of 64 bits gives two of 32, the lower half first.
    words = tf.stack([_low(output), _shift_right(output, 32)], axis=1)
    bits = _shift_right(tf.reshape(words, [-1])[:n], 8)
    return tf.cast(tf.cast(bits, tf.int32), tf.float32) * 2.0**-24


def _u64(value):
    return tf.constant(value, tf.uint64)


def _shift_right(x, by):
    return tf.bitwise.right_shift(x, tf.cast(by, tf.uint64))


def _limbs(value):
    return tf.constant([(value >> 32 * place) & 0xFFFFFFFF for place in range(_LIMBS)], tf.uint64)


def _times(x, y):
    """Product modulo 2**128 of numbers in limbs, `(..., 4)`."""
    x, y = tf.unstack(x, axis=-1), tf.unstack(y, axis=-1)
    columns = [[] for _ in range(_LIMBS)]
    for i in range(_LIMBS):
        for j in range(_LIMBS - i):
            product = x[i] * y[j]
            columns[i + j].append(product & _u64(0xFFFFFFFF))
            if i + j + 1 < _LIMBS:
                columns[i + j + 1].append(_shift_right(product, 32))
    return _carried([sum(column[1:], column[0]) for column in columns])


def _plus(x, y):
    return _carried(tf.unstack(x + y, axis=-1))


def _carried(columns):
    limbs, carry = [], _u64(0)
    for column in columns:
        column += carry
        limbs.append(column & _u64(0xFFFFFFFF))
        carry = _shift_right(column, 32)
    return tf.stack(limbs, axis=-1)


def _states(state, increment, n):
    """The `n` states that follow, `(n, 4)`; twice as many with each round."""
    multiplier = _limbs(_MULTIPLIER)
    first = _plus(_times(state, multiplier), increment)[None]

    def double(states, multiplier, increment):
        more = _plus(_times(states, multiplier), increment)
        return (
            tf.concat([states, more], 0),
            _times(multiplier, multiplier),
            _plus(_times(multiplier, increment), increment),
        )

    states, *_ = tf.while_loop(
        lambda states, *_: tf.shape(states)[0] < n,
        double,
        (first, multiplier, increment),
        shape_invariants=(tf.TensorShape([None, 4]), multiplier.shape, increment.shape),
    )
    return states[:n]


def _output(states):
    low = states[..., 0] | tf.bitwise.left_shift(states[..., 1], _u64(32))
    high = states[..., 2] | tf.bitwise.left_shift(states[..., 3], _u64(32))
    mixed = tf.bitwise.bitwise_xor(low, high)
    by = _shift_right(high, 58)
    left = tf.bitwise.left_shift(mixed, (_u64(64) - by) & _u64(63))
    return _shift_right(mixed, by) | left


def _seeded(seed):
    """State and increment of `PCG64(SeedSequence(seed))`, in limbs."""
    words = _generated_words(_pool(seed), 2 * _LIMBS)
    # Numbers of 64 bits of two words each; the first of two is the higher half.
    limbs = lambda a, b: tf.stack([*words[b : b + 2], *words[a : a + 2]])  # noqa: E731
    start, sequence = limbs(0, 2), limbs(4, 6)
    increment = _plus(sequence, sequence + tf.constant([1, 0, 0, 0], tf.uint64))
    step = lambda x: _plus(_times(x, _limbs(_MULTIPLIER)), increment)  # noqa: E731
    return step(_plus(increment, start)), increment


class _Hash:
    """SeedSequence's hash, whose constant changes with each use."""

    def __init__(self, constant, factor):
        self.constant, self.factor = constant, factor

    def __call__(self, value):
        value = tf.bitwise.bitwise_xor(value, _u64(self.constant))
        self.constant = self.constant * self.factor & 0xFFFFFFFF
        value = _low(value * _u64(self.constant))
        return tf.bitwise.bitwise_xor(value, _shift_right(value, 16))


def _low(value):
    return value & _u64(0xFFFFFFFF)


def _pool(seed):
    hashed = _Hash(0x43B0D7E5, 0x931E8875)
    entropy = [_low(seed), _shift_right(seed, 32), _u64(0), _u64(0)]
    pool = [hashed(word) for word in entropy]
    for source in range(4):
        for target in range(4):
            if source != target:
                pool[target] = _mixed(pool[target], hashed(pool[source]))
    return pool


def _mixed(x, y):
    # Below 2**32 by construction; the difference is taken modulo that.
    value = _low(_u64(0xCA01F9DD) * x - _u64(0x4973F715) * y)
    return tf.bitwise.bitwise_xor(value, _shift_right(value, 16))


def _generated_words(pool, n):
    hashed = _Hash(0x8B51F9DD, 0x58F38DED)
    return [hashed(pool[place % 4]) for place in range(n)]

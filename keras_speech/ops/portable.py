"""Loops and Fourier transforms as converters for phones and other runtimes know them.

Within `scope()`, what is traced has no list of tensors that grows, and no complex numbers.
"""

import contextlib
import contextvars
import functools
import math

import numpy as np
from keras import ops

_rfft = contextvars.ContextVar("rfft", default=None)


@contextlib.contextmanager
def scope(rfft=None):
    """Within it, `recurrence.scan` and the transforms of `stft` and `griffin_lim` are portable.

    Meant for inference that is traced to be converted: loops have no gradient on all backends.

    Args:
        rfft: function from a float tensor `(..., n)` to `(real, imag)`, each `(..., n // 2 + 1)`.
            Defaults to `rfft_by_products`.

    Example:

    >>> import numpy as np
    >>> with scope():
    ...     real, imag = rfft(np.ones((1, 8), "float32"), ops)
    >>> float(real[0, 0])
    8.0
    """
    token = _rfft.set(rfft or rfft_by_products)
    try:
        yield
    finally:
        _rfft.reset(token)


def is_portable():
    """Whether this runs within `scope`."""
    return _rfft.get() is not None


def kept(matrix, x):
    """A constant `matrix` to multiply `x` `(batch, frames, ...)` by, which no converter rounds.

    Converters to int8 round the constants that matrices are multiplied by, and the other factor
    with them. A network bears that; magnitudes of 100 dB between them do not. So within a `scope`
    it is made to depend on the input.
    """
    if not is_portable():
        return matrix
    return matrix * ops.cast(ops.minimum(ops.shape(x)[1], 1), matrix.dtype)


def argmax(x):
    """The first place of the largest number along the last axis, int32."""
    if not is_portable():
        return ops.cast(ops.argmax(x, axis=-1), "int32")
    # That of Keras tells zeros by their sign bits.
    n = ops.shape(x)[-1]
    is_largest = x >= ops.max(x, axis=-1, keepdims=True)
    return ops.min(ops.where(is_largest, ops.arange(n, dtype="int32"), n), axis=-1)


def rfft(x, xp):
    """`(real, imag)` of the transform of real `x` `(..., n)`; `xp` as `dynamic.namespace` gives."""
    transform = _rfft.get()
    return xp.rfft(x) if transform is None else transform(x)


def irfft(real, imag, n, xp):
    """Inverse of `rfft`, `(..., n)`."""
    transform = _rfft.get()
    if transform is None:
        return xp.irfft((real, imag), n)
    # Hartley's transform is its own inverse, and a forward transform gives it.
    return _hartley(*transform(_hartley(real, imag, n)), n) / n


def _hartley(real, imag, n):
    """`real - imag` at all `n` frequencies, from those up to the half of them."""
    inner = (n - 1) // 2
    parts = [real[..., :1], (real - imag)[..., 1 : 1 + inner]]
    if n % 2 == 0:
        parts.append(real[..., n // 2 :])
    return ops.concatenate([*parts, ops.flip((real + imag)[..., 1 : 1 + inner], -1)], axis=-1)


def rfft_by_products(x):
    """The transform of real `x` `(..., n)`, `n` known, by two matrix products.

    Returns: `(real, imag)`, each `(..., n // 2 + 1)`.

    Reference: [Cooley and Tukey, 1965](https://doi.org/10.1090/S0025-5718-1965-0178586-1), with two
    factors near the root of `n`.
    """
    n = x.shape[-1]
    first, twiddle, second = (
        [ops.convert_to_tensor(part, dtype=x.dtype) for part in pair] for pair in _factors(n)
    )
    first, second = ([kept(part, x) for part in pair] for pair in (first, second))
    a, b = _factors(n)[1][0].shape
    leading = ops.shape(x)[:-1]
    # Place j = b * i + m, frequency k = c + a * d: [..., i, m] -> [..., m, c] -> [..., c, m]
    x = ops.swapaxes(ops.reshape(x, (*leading, a, b)), -1, -2)
    real, imag = (ops.swapaxes(ops.matmul(x, part), -1, -2) for part in first)
    real, imag = _product(real, imag, *twiddle)
    # [..., c, m] -> [..., c, d] -> [..., d, c], which is in the order of k
    real, imag = (
        ops.matmul(real, second[0]) - ops.matmul(imag, second[1]),
        ops.matmul(real, second[1]) + ops.matmul(imag, second[0]),
    )
    return tuple(
        ops.reshape(ops.swapaxes(part, -1, -2), (*leading, a * second[0].shape[1]))[
            ..., : n // 2 + 1
        ]
        for part in (real, imag)
    )


def _product(real, imag, other_real, other_imag):
    return real * other_real - imag * other_imag, real * other_imag + imag * other_real


@functools.cache
def _factors(n):
    """Cosines and negative sines: of `(i, c)`, of `(c, m)`, and of `(m, d)` as far as needed."""
    a = max(each for each in range(1, math.isqrt(n) + 1) if n % each == 0)
    b = n // a

    def waves(rows, columns, period):
        angles = 2 * np.pi * (np.outer(np.arange(rows), np.arange(columns)) % period) / period
        return np.cos(angles).astype("float32"), -np.sin(angles).astype("float32")

    return waves(a, a, a), waves(a, b, n), waves(b, n // 2 // a + 1, b)

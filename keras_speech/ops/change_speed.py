"""A signal played faster or slower: its pitch and its tempo change together."""

import math
import numbers

from keras_speech.ops import stft as stft_ops

SLOWEST, FASTEST = 0.5, 2.0

# Zero crossings of the sinc on each side: more make the edge of the passband steeper.
_ZERO_CROSSINGS = 24
# Part of the band that passes; the rest is the edge of the filter.
_ROLLOFF = 0.94
# Fractions of a sample are counted in 2**-24, which float32 holds exactly.
_FRACTION_BITS = 24
# Distances below this, in samples, are none.
_NEAREST = 1e-5


def change_speed(samples, speed, *, length=None, fastest=FASTEST):
    """Play a signal `speed` times as fast: entry `n` is the signal at `n * speed` samples.

    The signal between its samples is that of a sinc interpolation with a Hann window; what would
    lie above half the sample rate is filtered out first. Outside of the signal is silence. `speed`
    may be any number, another one for each row, known or drawn in the graph; that is what a
    resampler of fixed rates does not do.

    Args:
        samples: float tensor `(batch, samples)` or `(samples,)`, of less than 2**23 samples.
        speed: number between 0.5 and 2, or a float tensor `(batch,)` of such.
        length: int or scalar integer tensor, samples to return. Defaults to
            `ceil(samples / speed)` where `speed` is a number; must be given where it is a tensor.
        fastest: number that a tensor of `speed` does not exceed, which spares time where it is
            less. Defaults to 2.

    Returns: float tensor `(batch, length)`.

    Raises:
        ValueError: `speed` is out of range, or `length` is missing.

    Example:

    >>> import numpy as np
    >>> tone = np.sin(2 * np.pi * 0.05 * np.arange(400)).astype("float32")
    >>> octave = np.sin(2 * np.pi * 0.10 * np.arange(200)).astype("float32")
    >>> bool(np.abs(np.asarray(change_speed(tone, 2.0)) - octave)[60:140].max() < 1e-3)
    True

    Reference: [Smith, "Digital audio resampling"](https://ccrma.stanford.edu/~jos/resample/).
    """
    known = isinstance(speed, numbers.Real)
    if known and not SLOWEST <= speed <= FASTEST:
        raise ValueError(
            f"`speed` must lie between {SLOWEST} and {FASTEST}. Received: speed={speed}."
        )
    x, single, xp = stft_ops.to_batch(samples)
    if length is None:
        if not known:
            raise ValueError("`length` must be given where `speed` is a tensor. Received: None.")
        n = xp.shape(x)[1]
        length = math.ceil(n / speed) if isinstance(n, int) else _ceil(n, speed, xp)
    fastest = max(1.0, float(speed) if known else float(fastest))
    reach = math.ceil(_ZERO_CROSSINGS * fastest / _ROLLOFF)
    speed = xp.cast(xp.convert_to_tensor(speed, dtype="float32" if known else None), "float32")
    speed = xp.reshape(speed, (-1, 1))
    place, fraction = _places(speed, length, xp)
    cutoff = xp.cast(_ROLLOFF / xp.maximum(speed, 1.0), x.dtype)
    fraction = xp.cast(fraction, x.dtype)
    # Silence on both sides, so that no place outside needs a mask.
    x = xp.pad(x, [[0, 0], [reach, 2 * reach]])
    batch, padded = xp.shape(x)
    place = xp.clip(place + 1, 0, padded - 2 * reach)
    place = place + xp.arange(batch, dtype="int32")[:, None] * padded
    flat = xp.reshape(x, (-1,))
    # Sines of sums are products, which cost less than a sine for every tap.
    filter_at, window_at = math.pi * cutoff, math.pi / 2 / _ZERO_CROSSINGS * cutoff
    filter_sin, filter_cos = _sin_cos(filter_at * fraction, xp)
    window_sin, window_cos = _sin_cos(window_at * fraction, xp)

    def add_tap(tap, total):
        offset = xp.cast(tap - reach + 1, x.dtype)
        distance = fraction - offset
        sin, cos = _sin_cos(filter_at * offset, xp)
        # Where the distance is 0 this is 0, and so is the sine: the limit is the cutoff.
        sine = filter_sin * cos - filter_cos * sin
        near = xp.abs(distance) < _NEAREST
        sinc = xp.where(near, cutoff, sine / (math.pi * xp.where(near, 1.0, distance)))
        sin, cos = _sin_cos(window_at * offset, xp)
        window = window_cos * cos + window_sin * sin
        window = xp.where(xp.abs(cutoff * distance) < _ZERO_CROSSINGS, window * window, 0.0)
        return total + xp.take(flat, place + tap, axis=0) * (sinc * window)

    total = xp.zeros((batch, length), dtype=x.dtype)
    total = xp.fori_loop(0, 2 * reach, add_tap, total)
    return total[0] if single else total


def _places(speed, length, xp):
    """`n * speed` as int32 whole samples and a float32 fraction, for `n` below `length`.

    As one float32 the fraction would lose its last bits the further the signal goes on. The
    product of integers does not: what overflows are whole samples.
    """
    n = xp.arange(length, dtype="int32")[None]
    scale = 2**_FRACTION_BITS
    step = xp.cast((speed - xp.floor(speed)) * scale, "uint32")
    mask = xp.convert_to_tensor(scale - 1, dtype="uint32")
    fraction = xp.cast(xp.bitwise_and(xp.cast(n, "uint32") * step, mask), "float32") / scale
    place = xp.cast(xp.round(xp.cast(n, "float32") * speed - fraction), "int32")
    return place, fraction


def _sin_cos(x, xp):
    return xp.sin(x), xp.cos(x)


def _ceil(n, speed, xp):
    return xp.cast(xp.ceil(xp.cast(n, "float32") / speed), "int32")

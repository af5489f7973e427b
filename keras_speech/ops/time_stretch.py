"""A signal at another tempo, with its pitch as it was."""

import math
import numbers

from keras_speech.ops import stft as stft_ops

SLOWEST, FASTEST = 0.5, 2.0

# Two periods of a low voice in a window, and one within reach of the search.
WINDOW_S, REACH_S = 0.03, 0.01
# Windows with less energy than this, 66 dB below full scale, resemble nothing.
_SMALLEST_ENERGY = 1e-4
# How much less like the wave a window at the wanted place may be than one at the end of the reach.
_NEARER = 0.02


def time_stretch(samples, tempo, *, sample_rate, length=None):
    """Speak `tempo` times as fast, at the same pitch.

    Windows of 30 ms are taken from the signal at `tempo` times the pace at which they are put
    down, each where, within 10 ms, it most resembles what followed the one before: so waves go
    on in phase. Unlike a phase vocoder, which rebuilds each frequency by itself, this keeps the
    shape of the wave, and with it the sharpness of speech. At a tempo of 1 the output is the input.

    Args:
        samples: float tensor `(batch, samples)` or `(samples,)`.
        tempo: number between 0.5 and 2, or a float tensor `(batch,)` of such.
        sample_rate: in Hz.
        length: int or scalar integer tensor, samples to return. Defaults to
            `round(samples / tempo)` where `tempo` is a number; must be given where it is a tensor.

    Returns: float tensor `(batch, length)`; silence follows where the signal has ended.

    Raises:
        ValueError: `tempo` is out of range, or `length` is missing.

    Example:

    >>> import numpy as np
    >>> tone = np.sin(2 * np.pi * 200 * np.arange(8000) / 8000).astype("float32")
    >>> tuple(time_stretch(tone, 1.25, sample_rate=8000).shape)
    (6400,)

    Reference: [Verhelst and Roelands, 1993](https://doi.org/10.1109/ICASSP.1993.319366), WSOLA,
    with the normalized cross-correlation as the measure of resemblance.
    """
    known = isinstance(tempo, numbers.Real)
    if known and not SLOWEST <= tempo <= FASTEST:
        raise ValueError(
            f"`tempo` must lie between {SLOWEST} and {FASTEST}. Received: tempo={tempo}."
        )
    x, single, xp = stft_ops.to_batch(samples)
    n = xp.shape(x)[1]
    if length is None:
        if not known:
            raise ValueError("`length` must be given where `tempo` is a tensor. Received: None.")
        exact = n / tempo if isinstance(n, int) else xp.cast(n, "float32") / tempo
        length = round(exact) if isinstance(n, int) else xp.cast(xp.round(exact), "int32")
    hop = max(1, round(WINDOW_S * sample_rate / 2))
    reach = max(1, round(REACH_S * sample_rate))
    n_windows = (length - 1) // hop + 2
    tempo = xp.cast(xp.convert_to_tensor(tempo, dtype="float32" if known else None), "float32")
    tempo = xp.reshape(tempo, (-1, 1))
    # Window `k` is put down with its middle at k * hop: the first samples have two windows, too.
    middles = xp.cast(xp.arange(n_windows, dtype="int32") * hop, "float32")[None] * tempo
    batch = xp.shape(x)[0]
    wanted = xp.broadcast_to(xp.cast(xp.round(middles), "int32") - hop, (batch, n_windows))
    wanted = xp.minimum(wanted, n)
    before, after = hop + reach, 2 * hop + reach
    x = xp.pad(x, [[0, 0], [before, after + hop]])
    taken = _search(x, wanted + before, hop=hop, reach=reach, xp=xp)
    windows = _stretches(x, taken, 2 * hop, xp)  # [b, k] -> [b, k, 2 hop]
    hann = xp.convert_to_tensor(
        stft_ops.hann_window(n_fft=2 * hop, win_length=2 * hop), dtype=x.dtype
    )
    y = stft_ops.overlap_add(windows * hann, hop_length=hop, xp=xp)[:, hop : hop + length]
    return y[0] if single else y


def _search(x, wanted, *, hop, reach, xp):
    """Where each window begins: near `wanted`, and like what followed the window before."""
    batch, n_windows = xp.shape(wanted)
    n_fft = 2 ** math.ceil(math.log2(2 * hop + 2 * reach))
    number = xp.arange(n_windows, dtype="int32")[None]
    distance = xp.abs(xp.arange(2 * reach + 1, dtype="int32") - reach)
    distance = xp.cast(distance, x.dtype) * (_NEARER / reach)

    def place(k, state):
        places, last = state
        wanted_k = xp.sum(xp.where(number == k, wanted, xp.zeros_like(wanted)), axis=1)
        followed = _stretches(x, (last + hop)[:, None], 2 * hop, xp)[:, 0]
        around = _stretches(x, (wanted_k - reach)[:, None], 2 * hop + 2 * reach, xp)[:, 0]
        likeness = _correlation(around, followed, n_fft, xp)[:, : 2 * reach + 1]
        energy = xp.maximum(_running_sum(around * around, 2 * hop, xp), _SMALLEST_ENERGY)
        wave = xp.maximum(xp.sum(followed * followed, axis=1, keepdims=True), _SMALLEST_ENERGY)
        likeness = likeness / xp.sqrt(energy * wave) - distance
        found = wanted_k - reach + xp.cast(xp.argmax(likeness, axis=1), "int32")
        return xp.where(number == k, found[:, None], places), found

    # The first window is taken from the beginning as it is.
    first = wanted[:, 0]
    places = xp.where(number == 0, wanted, xp.zeros_like(wanted))
    places, _ = xp.fori_loop(1, n_windows, place, (places, first))
    return places


def _stretches(x, begin, length, xp):
    """`(batch, k, length)`: samples of each row from each of its `(batch, k)` places on."""
    batch, k = xp.shape(begin)
    index = begin[..., None] + xp.arange(length, dtype="int32")
    index = xp.reshape(xp.clip(index, 0, xp.shape(x)[1] - 1), (batch, -1))
    return xp.reshape(xp.take_along_axis(x, index, axis=1), (batch, k, length))


def _correlation(x, template, n_fft, xp):
    """Products of each row of `x` with its template, shifted by 0, 1, 2, ... samples."""

    def spectrum(y):
        return xp.rfft(xp.pad(y, [[0, 0], [0, n_fft - y.shape[-1]]]))

    a, b = spectrum(x)
    c, d = spectrum(template)
    return xp.irfft((a * c + b * d, b * c - a * d), n_fft)


def _running_sum(x, length, xp):
    """Sums of `length` neighbors: `(batch, n)` to `(batch, n - length + 1)`."""
    sums = xp.pad(xp.cumsum(x, axis=1), [[0, 0], [1, 0]])
    return sums[:, length:] - sums[:, :-length]

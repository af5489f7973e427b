"""Fast Griffin-Lim: a signal for a magnitude spectrogram."""

import math

import numpy as np

from keras_speech.ops import dynamic, masking, portable
from keras_speech.ops import stft as stft_ops

_SMALLEST_MAGNITUDE = 1e-16
_SMALLEST_WINDOW_SUM = 1e-8


def griffin_lim(
    magnitude,
    *,
    hop_length,
    win_length,
    n_fft,
    n_iter=32,
    momentum=0.99,
    seed=None,
    padding="center",
    lengths=None,
    length=None,
    phase=None,
):
    """Find a signal whose short-time transform has the given magnitudes.

    Phases start at random, or as given, and are then replaced, `n_iter` times, by those of the
    transform of the signal that the current guess gives, pushed on by `momentum`. Frames past a
    row's length take no part, so a row sounds the same alone, in a batch and with more padding.
    The loop is a single `while` of the backend, so it runs under `tf.function`, XLA and `jax.jit`.

    Args:
        magnitude: float tensor `(batch, frames, n_fft // 2 + 1)`, non-negative, or without the
            batch axis.
        hop_length: int, samples between frames.
        win_length: int, length of the Hann window.
        n_fft: int, length of the transform.
        n_iter: int, number of rounds. Defaults to 32.
        momentum: number in `[0, 1)`; 0 is the method of 1984. Defaults to 0.99.
        seed: int or scalar integer tensor that determines the first phases. `None` (default)
            draws one from NumPy's global generator, which `keras.utils.set_random_seed` seeds.
        padding: "center" (default) or "hop": which ends `stft` added and are cut off again.
        lengths: integer tensor `(batch,)`, frames of each row. Defaults to all.
        length: int, samples to return. Defaults to `frames * hop_length`.
        phase: float tensor of the shape of `magnitude`, the first phases in radians; `seed` then
            has no effect. Defaults to random ones.

    Returns: float tensor `(batch, length)`, zero after `lengths * hop_length` in each row.

    Raises:
        ValueError: for settings that do not fit together.

    Example:

    >>> import numpy as np
    >>> silence = np.zeros((10, 129), "float32")
    >>> y = griffin_lim(silence, n_fft=256, hop_length=64, win_length=256, n_iter=2, seed=0)
    >>> tuple(y.shape)
    (640,)

    Reference: [Perraudin, Balazs and Sondergaard, 2013](https://doi.org/10.1109/WASPAA.2013.6701851),
    algorithm 2. Deviation: the signal keeps its ends (the padding of the transform) through all
    rounds and loses them at the end, so no round has to pad.
    """
    stft_ops.check_frame(n_fft=n_fft, hop_length=hop_length, win_length=win_length, padding=padding)
    if isinstance(n_iter, bool) or not isinstance(n_iter, (int, np.integer)) or n_iter < 0:
        raise ValueError(f"`n_iter` must be an integer >= 0. Received: n_iter={n_iter!r}.")
    if not 0 <= momentum < 1:
        raise ValueError(f"`momentum` must lie in [0, 1). Received: momentum={momentum}.")
    magnitude, single, xp = stft_ops.to_batch(magnitude, rank=3, name="magnitude")
    if magnitude.shape[-1] not in (None, n_fft // 2 + 1):
        raise ValueError(
            f"`magnitude` must have n_fft // 2 + 1 = {n_fft // 2 + 1} frequencies. "
            f"Received: shape={tuple(magnitude.shape)}, n_fft={n_fft}."
        )
    dtype = magnitude.dtype
    batch, frames, _ = xp.shape(magnitude)
    n_freqs = n_fft // 2 + 1
    if lengths is None:
        present = xp.ones((batch, frames, 1), dtype=dtype)
    else:
        lengths = xp.reshape(xp.cast(xp.convert_to_tensor(lengths), "int32"), (-1,))
        present = xp.cast(masking.sequence_mask(lengths, frames), dtype)[..., None]
        magnitude = magnitude * present
    window = xp.convert_to_tensor(
        stft_ops.hann_window(n_fft=n_fft, win_length=win_length), dtype=dtype
    )
    weight = stft_ops.overlap_add(present * window**2, hop_length=hop_length, xp=xp)
    weight = 1.0 / xp.maximum(weight, _SMALLEST_WINDOW_SUM)

    def signal_of(real, imag):
        x = portable.irfft(real, imag, n_fft, xp) * window
        return stft_ops.overlap_add(x, hop_length=hop_length, xp=xp) * weight

    def with_magnitude(real, imag):
        scale = magnitude / xp.maximum(xp.sqrt(real * real + imag * imag), _SMALLEST_MAGNITUDE)
        return real * scale, imag * scale

    def round_(_, state):
        real, imag, last_real, last_imag = state
        x = signal_of(real, imag)
        x = stft_ops.frame(x, n_fft=n_fft, hop_length=hop_length, frames=frames, xp=xp)
        new_real, new_imag = portable.rfft(x * window, xp)
        # c_n + momentum (c_n - c_{n-1}), up to a factor that the phase does not see.
        back = momentum / (1 + momentum)
        real, imag = with_magnitude(new_real - back * last_real, new_imag - back * last_imag)
        return real, imag, new_real, new_imag

    if phase is None:
        phase = (2 * math.pi) * _noise(seed, frames, n_freqs, dtype, xp)[None]
    else:
        phase, _, _ = stft_ops.to_batch(phase, rank=3, name="phase")
    real, imag = magnitude * xp.cos(phase), magnitude * xp.sin(phase)
    if n_iter:
        nothing = xp.zeros_like(real)
        real, imag, _, _ = xp.fori_loop(0, n_iter, round_, (real, imag, nothing, nothing))
    x = signal_of(real, imag)

    start = stft_ops.pad_length(n_fft=n_fft, hop_length=hop_length, padding=padding)
    length = frames * hop_length if length is None else length
    missing = dynamic.maximum(start + length - xp.shape(x)[1], 0)
    x = xp.pad(x, [[0, 0], [0, missing]])[:, start : start + length]
    if lengths is not None:
        x = x * xp.cast(masking.sequence_mask(lengths * hop_length, length), dtype)
    return x[0] if single else x


def _noise(seed, frames, n_freqs, dtype, xp):
    """Uniform noise in [0, 1) `(frames, n_freqs)`, where more frames leave the first as they are.

    The backends' generators give other numbers for another shape, which would tie a row's sound
    to its padding; so each cell hashes its own index.
    """
    if seed is None:
        seed = int(np.random.randint(2**31))
    if isinstance(seed, (int, np.integer)):
        seed = int(seed) % 2**32
        seed = xp.convert_to_tensor(np.uint32(seed), dtype="uint32")
    seed = xp.cast(seed, "uint32")
    index = xp.cast(xp.arange(frames * n_freqs, dtype="int32"), "uint32")
    bits = _mixed(index ^ _mixed(seed, xp), xp)
    # 24 bits fill the mantissa of a float32.
    bits = xp.cast(xp.right_shift(bits, _u32(8, xp)), dtype)
    return xp.reshape(bits / 2**24, (frames, n_freqs))


def _u32(value, xp):
    return xp.convert_to_tensor(np.uint32(value), dtype="uint32")


def _mixed(x, xp):
    """The last step of MurmurHash3: every bit of the input moves every bit of the output."""
    x = (x ^ xp.right_shift(x, _u32(16, xp))) * _u32(0x85EBCA6B, xp)
    x = (x ^ xp.right_shift(x, _u32(13, xp))) * _u32(0xC2B2AE35, xp)
    return x ^ xp.right_shift(x, _u32(16, xp))

"""Short-time Fourier transform and its inverse, as librosa defines them."""

import functools

import numpy as np

from keras_speech.ops import dynamic, portable

PADDINGS = ("center", "hop")

# Where overlapping windows sum to less than this, nothing was recorded: don't divide by it.
_SMALLEST_WINDOW_SUM = 1e-8
# Squared magnitudes below this count as silence: their root has no usable gradient in float32.
_SMALLEST_POWER = 1e-30


def check_frame(*, n_fft, hop_length, win_length, padding="center"):
    """Raise `ValueError` unless the settings of a short-time transform fit together."""
    for name, value in (("n_fft", n_fft), ("hop_length", hop_length), ("win_length", win_length)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value!r}.")
    if hop_length > win_length:
        raise ValueError(
            "`hop_length` must not exceed `win_length`. "
            f"Received: hop_length={hop_length}, win_length={win_length}."
        )
    if win_length > n_fft:
        raise ValueError(
            "`win_length` must not exceed `n_fft`. "
            f"Received: win_length={win_length}, n_fft={n_fft}."
        )
    if padding not in PADDINGS:
        raise ValueError(f"`padding` must be one of {PADDINGS}. Received: padding={padding!r}.")


def pad_length(*, n_fft, hop_length, padding):
    """Samples added at each end: `n_fft // 2` ("center") or `(n_fft - hop_length) // 2` ("hop")."""
    return n_fft // 2 if padding == "center" else (n_fft - hop_length) // 2


def n_frames(n_samples, *, n_fft, hop_length, padding="center"):
    """Number of frames `stft` makes of `n_samples` samples (an int or a scalar tensor)."""
    pad = pad_length(n_fft=n_fft, hop_length=hop_length, padding=padding)
    return dynamic.maximum(1, 1 + (n_samples + 2 * pad - n_fft) // hop_length)


@functools.cache
def hann_window(*, n_fft, win_length):
    """Periodic Hann window of `win_length`, centered in `n_fft` zeros.

    Args:
        n_fft: int, length of the result.
        win_length: int, length of the window itself.

    Returns: NumPy float64 array `(n_fft,)`, read-only.
    """
    left = (n_fft - win_length) // 2
    window = np.zeros(n_fft)
    window[left : left + win_length] = 0.5 - 0.5 * np.cos(
        2 * np.pi * np.arange(win_length) / win_length
    )
    window.setflags(write=False)
    return window


def to_batch(samples, rank=2, name="samples"):
    """Convert to a float tensor with a batch axis.

    Returns: `(tensor, was_single, xp)`: the tensor of `rank` axes in float32 (float64 if it was),
        whether the batch axis was added, and the functions that work on it.
    """
    xp = dynamic.namespace(samples)
    x = xp.convert_to_tensor(samples)
    dtype = str(getattr(x.dtype, "name", x.dtype))
    if "float" not in dtype:
        raise ValueError(f"`{name}` must be floating-point. Received: dtype={dtype}.")
    if dtype not in ("float32", "float64"):
        x = xp.cast(x, "float32")
    shape = tuple(x.shape)
    if len(shape) not in (rank - 1, rank):
        axes = "(batch, samples), mono" if rank == 2 else "(batch, frames, channels)"
        raise ValueError(
            f"`{name}` must have the axes {axes}; the batch axis may be missing. "
            f"Received: shape={shape}."
        )
    single = len(shape) == rank - 1
    return (x[None] if single else x), single, xp


def _reflect(x, pad, xp):
    """Pad both ends of `(batch, samples)` by reflection, again and again if it is short."""
    if pad == 0:
        return x
    n = xp.shape(x)[-1]
    # Reflection without repeating the edge has the period 2 (n - 1).
    period = dynamic.maximum(2 * (n - 1), 1)

    def reflected(first):
        index = (xp.arange(pad, dtype="int32") + first) % period
        return xp.take(x, xp.minimum(index, period - index), axis=-1)

    return xp.concatenate([reflected(-pad), x, reflected(n)], axis=-1)


def frame(x, *, n_fft, hop_length, frames, xp):
    """Cut `(batch, samples)` into `(batch, frames, n_fft)`; missing samples are zeros."""
    per_frame = -(-n_fft // hop_length)
    needed = (frames + per_frame - 1) * hop_length
    batch, n = xp.shape(x)
    x = xp.pad(x, [[0, 0], [0, dynamic.maximum(needed - n, 0)]])[:, :needed]
    # Shifted slices of hop-sized blocks: no gather, so that gradient and XLA are cheap.
    blocks = xp.reshape(x, (batch, frames + per_frame - 1, hop_length))
    parts = [blocks[:, i : i + frames] for i in range(per_frame)]
    return xp.concatenate(parts, axis=-1)[..., :n_fft]


def overlap_add(x, *, hop_length, xp):
    """Add frames `(batch, frames, n_fft)` up to `(batch, (frames - 1) * hop_length + n_fft)`.

    The result may end with a few zeros more, up to a whole number of hops.
    """
    batch, frames, n_fft = xp.shape(x)
    per_frame = -(-n_fft // hop_length)
    x = xp.pad(x, [[0, 0], [0, 0], [0, per_frame * hop_length - n_fft]])
    total = 0.0
    for i in range(per_frame):
        part = x[..., i * hop_length : (i + 1) * hop_length]
        total = total + xp.pad(part, [[0, 0], [i, per_frame - 1 - i], [0, 0]])
    return xp.reshape(total, (batch, (frames + per_frame - 1) * hop_length))


def stft(samples, *, n_fft, hop_length, win_length, padding="center"):
    """Short-time Fourier transform with a periodic Hann window.

    Equals `librosa.stft(..., pad_mode="reflect")` for `padding="center"`, and HiFi-GAN's
    (`center=False` after reflecting `(n_fft - hop_length) // 2` samples) for `padding="hop"`.

    A signal shorter than the padding is reflected repeatedly, as `numpy.pad` does. A signal so
    short that "hop" would give no frame is followed by zeros up to one frame. Samples after the
    last whole hop are dropped, as in librosa.

    Args:
        samples: float tensor `(batch, samples)` or `(samples,)`, mono, at least one sample.
        n_fft: int, length of the transform.
        hop_length: int, samples between frames, at most `win_length`.
        win_length: int, length of the window, at most `n_fft`.
        padding: "center" (default) or "hop".

    Returns: `(real, imag)`, float tensors `(batch, frames, n_fft // 2 + 1)`.

    Raises:
        ValueError: for settings that do not fit together, an empty signal, integer samples,
            or stereo (more than two axes, or `(samples, 2)`): mix it to mono first.

    Example:

    >>> import numpy as np
    >>> real, imag = stft(np.ones(1000, "float32"), n_fft=256, hop_length=64, win_length=256)
    >>> tuple(real.shape)
    (16, 129)
    """
    check_frame(n_fft=n_fft, hop_length=hop_length, win_length=win_length, padding=padding)
    x, single, xp = to_batch(samples)
    n = x.shape[-1]
    if n == 0:
        raise ValueError("`samples` must hold at least one sample. Received: an empty signal.")
    if n == 2 and not single:
        raise ValueError(
            "`samples` must be mono, (batch, samples); this looks like stereo, (samples, 2): mix "
            f"its channels first. Received: shape={tuple(x.shape)}."
        )
    frames = n_frames(xp.shape(x)[-1], n_fft=n_fft, hop_length=hop_length, padding=padding)
    x = _reflect(x, pad_length(n_fft=n_fft, hop_length=hop_length, padding=padding), xp)
    x = frame(x, n_fft=n_fft, hop_length=hop_length, frames=frames, xp=xp)
    window = hann_window(n_fft=n_fft, win_length=win_length)
    real, imag = portable.rfft(x * xp.convert_to_tensor(window, dtype=x.dtype), xp)
    return (real[0], imag[0]) if single else (real, imag)


def istft(real, imag, *, n_fft, hop_length, win_length, padding="center", length=None):
    """Inverse of `stft`: the signal whose transform is nearest in the least-squares sense.

    Args:
        real: float tensor `(batch, frames, n_fft // 2 + 1)`, or without the batch axis.
        imag: float tensor of the same shape.
        n_fft: int, length of the transform.
        hop_length: int, samples between frames.
        win_length: int, length of the window.
        padding: "center" (default) or "hop", as given to `stft`.
        length: int, samples to return; cut or filled with zeros. By default what the frames
            span: `(frames - 1) * hop_length` for "center", `frames * hop_length` for "hop"
            (for even `n_fft` and `n_fft - hop_length`).

    Returns: float tensor `(batch, samples)`.

    Raises:
        ValueError: for settings that do not fit together or a wrong number of frequencies.

    Reference: [Griffin and Lim, 1984](https://doi.org/10.1109/TASSP.1984.1164317), Eq. 6.
    """
    check_frame(n_fft=n_fft, hop_length=hop_length, win_length=win_length, padding=padding)
    real, single, xp = to_batch(real, rank=3, name="real")
    imag, _, _ = to_batch(imag, rank=3, name="imag")
    if real.shape[-1] not in (None, n_fft // 2 + 1):
        raise ValueError(
            f"`real` and `imag` must have n_fft // 2 + 1 = {n_fft // 2 + 1} frequencies. "
            f"Received: shape={tuple(real.shape)}, n_fft={n_fft}."
        )
    window = xp.convert_to_tensor(hann_window(n_fft=n_fft, win_length=win_length), dtype=real.dtype)
    x = portable.irfft(real, imag, n_fft, xp) * window
    x = overlap_add(x, hop_length=hop_length, xp=xp)
    frames = xp.shape(real)[1]
    squares = xp.ones((1, frames, 1), dtype=real.dtype) * window**2
    x = x / xp.maximum(overlap_add(squares, hop_length=hop_length, xp=xp), _SMALLEST_WINDOW_SUM)
    pad = pad_length(n_fft=n_fft, hop_length=hop_length, padding=padding)
    if length is None:
        length = n_fft + (frames - 1) * hop_length - 2 * pad
    missing = dynamic.maximum(pad + length - xp.shape(x)[1], 0)
    x = xp.pad(x, [[0, 0], [0, missing]])[:, pad : pad + length]
    return x[0] if single else x


def magnitude(real, imag):
    """Absolute value of a complex tensor, with gradient 0 instead of NaN at 0.

    Args:
        real: float tensor.
        imag: float tensor of the same shape.

    Returns: float tensor of the same shape.
    """
    xp = dynamic.namespace(real, imag)
    power = real * real + imag * imag
    silent = power < _SMALLEST_POWER
    # The inner `where` keeps the infinite slope of the root out of the gradient.
    root = xp.sqrt(xp.where(silent, xp.ones_like(power), power))
    return xp.where(silent, xp.zeros_like(power), root)

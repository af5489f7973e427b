"""Takes the steady sound out of generated audio that a flow makes of nothing."""

import functools

import numpy as np
from keras import ops

from keras_speech.ops import dynamic, stft

# Frames of a loud, flat mel (zeros) whose sound without noise is the model's own.
BIAS_FRAMES = 88


def frame_settings(spec):
    """`n_fft` and hop of the transform: the spec's, the hop halved until 4 frames overlap.

    It still divides the spec's, so that frames lie alike in every window of a longer signal.
    """
    hop = spec.hop_length
    while hop % 2 == 0 and 4 * hop > spec.n_fft:
        hop //= 2
    return {"n_fft": spec.n_fft, "hop_length": hop}


def context_frames(spec):
    """Frames of the mel on each side of a sample's own that denoising it may touch."""
    return -(-spec.n_fft // spec.hop_length)


def bias_spectrum(samples, spec):
    """Mean magnitude at each frequency.

    Args:
        samples: float32 `(1, samples)`, what the model says without noise.
        spec: `AudioSpec`.

    Returns: float32 NumPy array `(n_fft // 2 + 1,)`.
    """
    real, imag = _transform(ops.convert_to_tensor(samples), spec)
    return ops.convert_to_numpy(ops.mean(stft.magnitude(real, imag), axis=(0, 1)))


def subtract(samples, bias, spec):
    """Subtracts a spectrum from the magnitudes of all frames, and leaves the phases.

    Beyond its ends the signal is zero. No sample depends on others more than `n_fft` away, and
    none on where the signal begins, as long as that is a multiple of the hop.

    Args:
        samples: float32 tensor `(batch, samples)`.
        bias: float32 tensor `(n_fft // 2 + 1,)`.
        spec: `AudioSpec`.

    Returns: float32 tensor `(batch, samples)`.
    """
    real, imag = _transform(samples, spec)
    magnitude = stft.magnitude(real, imag)
    # Where nothing is, nothing is left; the least value avoids 0 / 0.
    kept = ops.maximum(magnitude - bias, 0.0) / ops.maximum(magnitude, 1e-20)
    n_fft, hop = frame_settings(spec).values()
    frames = ops.irfft((real * kept, imag * kept), n_fft) * _window(n_fft)
    total = stft.overlap_add(frames, hop_length=hop, xp=dynamic.namespace(samples))
    batch, n = ops.shape(samples)
    total = ops.slice(total, [0, _padding(n_fft, hop)], [batch, n])
    # Windows, squared, sum to the same at each hop.
    sums = np.pad(_window(n_fft) ** 2, [0, -n_fft % hop]).reshape(-1, hop).sum(0)
    total = ops.reshape(total, (batch, -1, hop)) / np.maximum(sums, 1e-8)
    return ops.reshape(total, (batch, n))


def _transform(samples, spec):
    """Short-time transform: every frame that touches a sample, and some of zeros."""
    n_fft, hop = frame_settings(spec).values()
    padding = _padding(n_fft, hop)
    x = ops.pad(samples, [[0, 0], [padding, padding]])
    xp = dynamic.namespace(x)
    frames = (ops.shape(x)[1] - n_fft) // hop + 1
    x = stft.frame(x, n_fft=n_fft, hop_length=hop, frames=frames, xp=xp)
    return ops.rfft(x * _window(n_fft))


def _padding(n_fft, hop):
    """Zeros at each end: a frame or a little more, for it is a whole number of hops."""
    return -(-n_fft // hop) * hop


@functools.cache
def _window(n_fft):
    return stft.hann_window(n_fft=n_fft, win_length=n_fft).astype("float32")

"""`phase_derivatives`: whether phases turn as they should, whatever they start from."""

import numpy as np
from keras import ops

from keras_speech.ops import stft

# Squared magnitudes are kept from 0 by this: the phase of silence has no gradient.
_SMALLEST_POWER = 1e-10


def phase_derivatives(samples, predicted, *, n_fft=1024, hop_length=256, win_length=1024):
    """How much phases differ in their steps from frame to frame, and from bin to bin.

    `1 - cos` of the difference between the recording's step and the prediction's, weighted by the
    root of the recording's magnitude: the step over time is the frequency, that over frequency the
    group delay. The phase itself is left alone: a mel spectrogram does not tell it.

    Args:
        samples: float tensor `(batch, samples)`, the recording.
        predicted: float tensor of the same shape.
        n_fft, hop_length, win_length: of the transform, in samples. Default to 1024, 256, 1024.

    Returns: float32 scalar, the sum of both means: near 0 for equal signals (where magnitudes are
        above 1e-5), about 2 for unrelated ones.

    Example:

    >>> import numpy as np
    >>> tone = np.sin(np.arange(4096)[None] / 5).astype("float32")
    >>> bool(phase_derivatives(tone, -tone) < 0.1)
    True

    Reference: after [Ai and Ling, 2023](https://arxiv.org/abs/2305.07952), Eq. 14 and 16.
    Deviations: a cosine in place of the wrapped distance, and the weights.
    """
    settings = dict(n_fft=n_fft, hop_length=hop_length, win_length=win_length)
    real = stft.stft(ops.cast(samples, "float32"), **settings)
    fake = stft.stft(ops.cast(predicted, "float32"), **settings)
    magnitude = stft.magnitude(*real)
    # cos and sin of the phase difference at each place; steps of it are what is asked for.
    cos, sin = _times_conjugate(_direction(*fake), _direction(*real))
    total = 0.0
    for axis in (1, 2):
        n = cos.shape[axis] if cos.shape[axis] is not None else ops.shape(cos)[axis]
        here = [_part(x, axis, 1, n) for x in (cos, sin)]
        before = [_part(x, axis, 0, n) for x in (cos, sin)]
        weight = ops.sqrt(_part(magnitude, axis, 1, n) + 1e-6)
        step, _ = _times_conjugate(here, before)
        total += ops.sum(weight * (1 - step)) / ops.sum(weight)
    return total


def _direction(real, imag):
    scale = ops.rsqrt(real * real + imag * imag + np.float32(_SMALLEST_POWER))
    return real * scale, imag * scale


def _times_conjugate(a, b):
    return a[0] * b[0] + a[1] * b[1], a[1] * b[0] - a[0] * b[1]


def _part(x, axis, begin, n):
    """All but the last (`begin=0`) or the first (`begin=1`) along an axis of length `n`."""
    start, shape = [0, 0, 0], list(ops.shape(x))
    start[axis], shape[axis] = begin, n - 1
    return ops.slice(x, start, shape)

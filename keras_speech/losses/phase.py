"""`phase_derivatives`: whether phases turn as they should, whatever they start from."""

from keras import ops

from keras_speech.ops import replicas, stft

# Squared magnitudes are kept from 0 by this: silence has no phase.
_SMALLEST_POWER = 1e-10


def phase_derivatives(real, imag, phase):
    """How much phases differ in their steps from frame to frame, and from bin to bin.

    `1 - cos` of the difference between the recording's step and the predicted one, weighted by the
    root of the recording's magnitude: the step over time is the frequency, that over frequency the
    group delay. The phase itself is left alone: a mel spectrogram does not tell it.

    Args:
        real, imag: float tensors `(batch, frames, n_freqs)`, the recording's transform.
        phase: float tensor of the same shape, what was predicted, in radians.

    Returns: float32 scalar, the sum of both means: 0 for the recording's own phases, about 2 for
        unrelated ones. An axis of one entry adds 0.

    Example:

    >>> import numpy as np
    >>> real, imag = np.random.default_rng(0).normal(size=(2, 1, 9, 33)).astype("float32")
    >>> turned = np.arctan2(imag, real) + 1  # all by one radian
    >>> bool(phase_derivatives(real, imag, turned) < 1e-5)
    True

    Reference: after [Ai and Ling, 2023](https://arxiv.org/abs/2305.07952), Eq. 14 and 16.
    Deviations: a cosine in place of the wrapped distance, and the weights.
    """
    real, imag, phase = (ops.cast(x, "float32") for x in (real, imag, phase))
    magnitude = stft.magnitude(real, imag)
    scale = ops.rsqrt(real * real + imag * imag + _SMALLEST_POWER)
    # Cosine and sine of the difference of the phases at each place.
    difference = _times_conjugate((ops.cos(phase), ops.sin(phase)), (real * scale, imag * scale))
    total = 0.0
    for axis in (1, 2):
        here = [_part(x, axis, 1) for x in difference]
        before = [_part(x, axis, 0) for x in difference]
        cosine, _ = _times_conjugate(here, before)
        weight = ops.sqrt(_part(magnitude, axis, 1) + _SMALLEST_POWER)
        # Of a single frame there is no step: the sums are empty then.
        weights = replicas.mean_over_replicas(ops.sum(weight))
        total += ops.sum(weight * (1 - cosine)) / ops.maximum(weights, _SMALLEST_POWER)
    return total


def _times_conjugate(a, b):
    return a[0] * b[0] + a[1] * b[1], a[1] * b[0] - a[0] * b[1]


def _part(x, axis, begin):
    """All but the last (`begin=0`) or the first (`begin=1`) along an axis."""
    start, shape = [0, 0, 0], list(ops.shape(x))
    start[axis], shape[axis] = begin, shape[axis] - 1
    return ops.slice(x, start, shape)

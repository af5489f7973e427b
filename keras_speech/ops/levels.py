"""Levels of sound: gains, and mixtures at a ratio of powers."""

import math

from keras_speech.ops import stft as stft_ops

# A mean square below this, 120 dB below full scale, is silence.
_SILENCE = 1e-12


def amplify(samples, gain_db):
    """Make sound louder or quieter, as far as full scale allows.

    Args:
        samples: float tensor `(batch, samples)` or `(samples,)`.
        gain_db: float tensor `(batch,)`, or a number, in dB.

    Returns: float tensor of the same shape. Where a row would pass full scale, its gain is held
        back so that its peak is at it; but a row that was beyond before is not made quieter for it.

    Example:

    >>> import numpy as np
    >>> np.asarray(amplify(np.array([0.1, -0.2], "float32"), 6.0206)).round(3).tolist()
    [0.20000000298023224, -0.4000000059604645]
    """
    x, single, xp = stft_ops.to_batch(samples)
    gain = _amplitude(gain_db, x.dtype, xp)
    peak = xp.max(xp.abs(x), axis=1, keepdims=True)
    most = xp.maximum(1.0 / xp.maximum(peak, _SILENCE), 1.0)
    y = x * xp.minimum(gain, most)
    return y[0] if single else y


def mix_at_snr(samples, noise, snr_db):
    """Add a second sound at a ratio of powers, each averaged over the whole row.

    Args:
        samples: float tensor `(batch, samples)` or `(samples,)`.
        noise: float tensor of the same shape.
        snr_db: float tensor `(batch,)`, or a number: power of `samples` over that of what is
            added, in dB.

    Returns: float tensor of the same shape. Where the sum would pass full scale, the row is made
        quieter as a whole, which keeps the ratio. Silence stays silence, for which no level is at
        any ratio; and silence added changes nothing.

    Example:

    >>> import numpy as np
    >>> tone = np.array([0.3, -0.3, 0.3, -0.3], "float32")
    >>> hiss = np.array([0.5, 0.5, -0.5, -0.5], "float32")
    >>> np.asarray(mix_at_snr(tone, hiss, 20.0)).round(2).tolist()  # a tenth of the amplitude
    [0.33000001311302185, -0.27000001072883606, 0.27000001072883606, -0.33000001311302185]
    """
    x, single, xp = stft_ops.to_batch(samples)
    noise, _, _ = stft_ops.to_batch(noise, name="noise")
    noise = xp.cast(noise, x.dtype)
    power = xp.mean(x * x, axis=1, keepdims=True)
    noise_power = xp.mean(noise * noise, axis=1, keepdims=True)
    gain = xp.sqrt(power / xp.maximum(noise_power, _SILENCE)) / _amplitude(snr_db, x.dtype, xp)
    y = x + noise * gain
    peak = xp.max(xp.abs(y), axis=1, keepdims=True)
    before = xp.max(xp.abs(x), axis=1, keepdims=True)
    y = y / xp.maximum(peak / xp.maximum(before, 1.0), 1.0)
    return y[0] if single else y


def _amplitude(db, dtype, xp):
    """The factor, `(batch, 1)` or `(1, 1)`, of a level in dB."""
    db = xp.reshape(xp.cast(xp.convert_to_tensor(db), dtype), (-1, 1))
    return xp.exp(db * (math.log(10.0) / 20.0))

"""A signal at another pitch, with its tempo as it was."""

import math
import numbers

from keras_speech.ops import change_speed as speed_ops
from keras_speech.ops import dynamic
from keras_speech.ops import stft as stft_ops
from keras_speech.ops import time_stretch as stretch_ops

LARGEST = 12.0


def pitch_shift(samples, semitones, *, sample_rate, highest=LARGEST):
    """Move the pitch by semitones, at the same tempo and duration.

    The signal is played faster or slower and then brought back to its duration by
    `time_stretch`. All frequencies move by one factor, the formants too: a voice that is moved up
    sounds smaller, not only higher.

    Args:
        samples: float tensor `(batch, samples)` or `(samples,)`.
        semitones: number between -12 and 12, or a float tensor `(batch,)` of such.
        sample_rate: in Hz.
        highest: number of semitones that a tensor of them does not exceed, which spares time where
            it is less. Defaults to 12.

    Returns: float tensor of the shape of `samples`. With a tensor of semitones a step in between
        has a length that depends on its values, which XLA does not compile.

    Raises:
        ValueError: `semitones` is out of range.

    Example:

    >>> import numpy as np
    >>> tone = np.sin(2 * np.pi * 200 * np.arange(8000) / 8000).astype("float32")
    >>> higher = np.asarray(pitch_shift(tone, 12.0, sample_rate=8000))
    >>> int(np.abs(np.fft.rfft(higher)).argmax())  # Hz, as it is one second
    400
    """
    x, single, xp = stft_ops.to_batch(samples)
    n = xp.shape(x)[1]
    if isinstance(semitones, numbers.Real):
        if not abs(semitones) <= LARGEST:
            raise ValueError(
                f"`semitones` must lie between {-LARGEST} and {LARGEST}. "
                f"Received: semitones={semitones}."
            )
        speed, longest = 2.0 ** (semitones / 12.0), None
    else:
        semitones = xp.cast(xp.convert_to_tensor(semitones), "float32")
        speed = xp.exp(semitones * (math.log(2.0) / 12.0))
        longest = xp.cast(xp.ceil(xp.cast(n, "float32") / xp.min(speed)), "int32")
        # A tensor is a size in TensorFlow alone.
        longest = longest if dynamic.is_tensorflow(longest) else int(longest)
    y = speed_ops.change_speed(x, speed, length=longest, fastest=2.0 ** (highest / 12.0))
    y = stretch_ops.time_stretch(y, 1.0 / speed, sample_rate=sample_rate, length=n)
    return y[0] if single else y

"""Losses between the spectra of two signals that run side by side, in float32 throughout."""

from keras import ops

from keras_speech.losses.masked import masked_mean
from keras_speech.ops import mel, stft

# (n_fft, hop_length, win_length) of Parallel WaveGAN, table 1, for 24 kHz.
RESOLUTIONS = ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240))

# Squared magnitudes below this count as it: of an error at -70 dB of one bin there is nothing to
# hear, and neither logarithm nor root has a usable gradient at 0.
_SMALLEST_POWER = 1e-7


def mel_l1(samples, predicted, spec, mask=None):
    """Mean absolute difference of two log-mel spectrograms, in nats.

    Args:
        samples: float tensor `(batch, samples)`, the recording.
        predicted: float tensor of the same shape.
        spec: `AudioSpec` of the spectrograms. That of the loss may reach to half the sample rate
            where that of the vocoder's input does not.
        mask: optional tensor `(batch, frames)` or `(batch, frames, 1)`, true on frames that count.
            Frames beyond it (`padding="center"` makes one more than there are hops) do not.

    Returns: float32 scalar.

    Raises:
        ValueError: for signals of different shapes.

    Example:

    >>> import numpy as np
    >>> from keras_speech.audio_spec import AudioSpec
    >>> loud = np.random.default_rng(0).normal(size=(1, 4096)).astype("float32")
    >>> round(float(mel_l1(loud, loud / 2, AudioSpec(n_mels=20))), 4)  # ln 2
    0.6931

    Reference: [Kong et al., 2020](https://arxiv.org/abs/2010.05646), Eq. 3; the mean over frames
    and bands rather than their sum.
    """
    samples, predicted = _pair(samples, predicted)
    difference = ops.abs(
        mel.log_mel_spectrogram(samples, spec) - mel.log_mel_spectrogram(predicted, spec)
    )
    if mask is None:
        return ops.mean(difference)
    mask = ops.cast(mask, "float32")
    if len(mask.shape) == 3:
        mask = ops.squeeze(mask, axis=-1)
    beyond = ops.shape(difference)[1] - ops.shape(mask)[1]
    return masked_mean(difference, ops.pad(mask, [[0, 0], [0, beyond]]))


def multi_resolution_stft(samples, predicted, resolutions=RESOLUTIONS):
    """Spectral convergence plus log-magnitude distance, averaged over several resolutions.

    Args:
        samples: float tensor `(batch, samples)`, the recording.
        predicted: float tensor of the same shape.
        resolutions: tuples `(n_fft, hop_length, win_length)` in samples. Defaults to Parallel
            WaveGAN's: `(1024, 120, 600)`, `(2048, 240, 1200)`, `(512, 50, 240)`.

    Returns: float32 scalar; 0 for equal signals. Its gradient is finite everywhere, silence and
    equal signals included.

    Raises:
        ValueError: for signals of different shapes, or without resolutions.

    Example:

    >>> import numpy as np
    >>> tone = np.sin(np.arange(4096, dtype="float32"))[None]
    >>> float(multi_resolution_stft(tone, tone))
    0.0

    Reference: [Yamamoto et al., 2020](https://arxiv.org/abs/1910.11480), Eq. 4 to 6.
    """
    if not resolutions:
        raise ValueError("`resolutions` must hold at least one. Received: none.")
    samples, predicted = _pair(samples, predicted)
    total = 0.0
    for n_fft, hop_length, win_length in resolutions:
        frame = {"n_fft": n_fft, "hop_length": hop_length, "win_length": win_length}
        reference, other = _magnitude(samples, frame), _magnitude(predicted, frame)
        total += spectral_convergence(reference, other) + log_magnitude_l1(reference, other)
    return total / len(resolutions)


def spectral_convergence(magnitude, predicted):
    """Frobenius norm of the difference of two magnitude spectrograms over that of the first.

    The norms are taken over the batch as a whole: a silent row does not divide by its silence.

    Args:
        magnitude: float tensor `(batch, frames, n_freqs)`, of the recording.
        predicted: float tensor of the same shape.

    Returns: float32 scalar. Loud parts dominate it.

    Example:

    >>> import numpy as np
    >>> float(spectral_convergence(np.full((1, 2, 3), 2.0), np.full((1, 2, 3), 1.0)))
    0.5

    Reference: [Arik et al., 2019](https://arxiv.org/abs/1808.06719), Eq. 2.
    """
    magnitude, predicted = ops.cast(magnitude, "float32"), ops.cast(predicted, "float32")
    # Bounded from below: the root's slope at 0, where the signals are equal, is infinite.
    tiny = 1e-20
    difference = ops.maximum(ops.sum(ops.square(magnitude - predicted)), tiny)
    norm = ops.maximum(ops.sum(ops.square(magnitude)), tiny)
    distance = ops.sqrt(difference / norm)
    return ops.where(difference > tiny, distance, ops.zeros_like(distance))


def log_magnitude_l1(magnitude, predicted):
    """Mean absolute difference of the natural logarithms of two magnitude spectrograms.

    Args:
        magnitude: float tensor `(batch, frames, n_freqs)`, of the recording.
        predicted: float tensor of the same shape.

    Returns: float32 scalar, in nats. Quiet parts count as much as loud ones, down to a magnitude
    of 3.2e-4.

    Example:

    >>> import numpy as np
    >>> round(float(log_magnitude_l1(np.full((1, 2, 3), 2.0), np.full((1, 2, 3), 1.0))), 4)
    0.6931

    Reference: [Arik et al., 2019](https://arxiv.org/abs/1808.06719), Eq. 3, as a mean.
    """
    floor = _SMALLEST_POWER**0.5
    magnitude = ops.maximum(ops.cast(magnitude, "float32"), floor)
    predicted = ops.maximum(ops.cast(predicted, "float32"), floor)
    return ops.mean(ops.abs(ops.log(magnitude) - ops.log(predicted)))


def _magnitude(samples, frame):
    real, imag = stft.stft(samples, **frame)
    return ops.sqrt(ops.maximum(ops.square(real) + ops.square(imag), _SMALLEST_POWER))


def _pair(samples, predicted):
    samples, predicted = ops.cast(samples, "float32"), ops.cast(predicted, "float32")
    shapes = tuple(samples.shape), tuple(predicted.shape)
    agree = len(shapes[0]) == len(shapes[1]) == 2 and all(
        one == other or None in (one, other) for one, other in zip(*shapes, strict=True)
    )
    if not agree:
        raise ValueError(
            "`samples` and `predicted` must both have the shape (batch, samples). "
            f"Received: shapes {shapes[0]} and {shapes[1]}."
        )
    return samples, predicted

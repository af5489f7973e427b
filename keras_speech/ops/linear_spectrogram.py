"""Log-magnitude spectrograms on all frequencies of the transform."""

from keras_speech.ops import mel, stft


def log_linear_spectrogram(samples, spec):
    """Log-magnitude spectrogram: `log(max(|STFT|, log_floor))`.

    The frames are those of `mel.log_mel_spectrogram`. Works inside a `tf.data` map whatever the
    Keras backend is.

    Args:
        samples: float tensor `(batch, samples)` or `(samples,)`, mono, within [-1, 1].
        spec: `AudioSpec`; its mel bands do not count.

    Returns: float tensor `(batch, frames, n_freqs)` in nats, without the batch axis if `samples`
        had none.

    Raises:
        ValueError: as `stft.stft` does.

    Example:

    >>> import numpy as np
    >>> from keras_speech.audio_spec import AudioSpec
    >>> tuple(log_linear_spectrogram(np.zeros(22050, "float32"), AudioSpec()).shape)
    (87, 513)
    """
    real, imag = stft.stft(
        samples,
        n_fft=spec.n_fft,
        hop_length=spec.hop_length,
        win_length=spec.win_length,
        padding=spec.padding,
    )
    return mel.log_compress(stft.magnitude(real, imag), spec.log_floor)

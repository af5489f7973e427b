"""The spectrogram that a model is trained for, by its sample rate."""


def spec_for(rate):
    """Returns the default `AudioSpec` at 22,050 Hz, and its like at another rate."""
    from keras_speech.audio_spec import AudioSpec

    if rate == 22050:
        return AudioSpec()
    # The published window and hop, 46 and 12 ms, at another rate; a power of two is fast.
    n_fft = 2 ** round(rate * 1024 / 22050).bit_length() // 2
    n_fft = min((n_fft, 2 * n_fft), key=lambda size: abs(size - rate * 1024 / 22050))
    return AudioSpec(
        sample_rate=rate,
        n_fft=n_fft,
        hop_length=n_fft // 4,
        win_length=n_fft,
        fmax=min(8000.0, rate / 2),
    )

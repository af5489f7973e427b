"""The spectrogram that a model is trained for."""

from pathlib import Path


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


def spec_of(name, *, option):
    """Returns the `AudioSpec` of a voice or a vocoder, given by name or directory."""
    from keras_speech import models
    from keras_speech.audio_spec import AudioSpec
    from keras_speech.cli.errors import UsageError
    from keras_speech.voices import Voice, bundled_voices

    path = Path(name).expanduser()
    if name in [card["name"] for card in bundled_voices()] or (path / "voice.json").is_file():
        return Voice.from_preset(name).spec
    _, card = models.load_model_preset(name)
    condition = card["condition"] or {}
    if condition.get("kind") != "mel":
        raise UsageError(f"{option} `{name}` must be a voice or a vocoder; it reads no mel.")
    return AudioSpec.from_dict(condition["spec"])

"""`keras-speech generate` with a vocoder that computes all samples of a mel at once."""

from keras_speech.cli import conditions
from keras_speech.cli.errors import CommandError, UsageError

# Twelve seconds of sound at 22,050 Hz: what is computed at once, so that memory stays bounded.
CHUNK_FRAMES = 1024

NOT_FOR_VOCODERS = ("prime", "speaker", "temperature", "top_p")
OF_WAVEGLOW = ("sigma", "denoise")


def is_vocoder(model):
    """Tells whether all that a model takes is a mel, as the classes of `Vocoder` do."""
    from keras_speech.models.vocoder import Vocoder

    return isinstance(model, Vocoder)


def require_none(arguments, names, *, model, reason):
    """Raises `UsageError` for the first option in `names` that was given."""
    for name in names:
        if getattr(arguments, name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} is not for `{model}`: {reason}.")


def chunks(arguments, model, card):
    """Returns an iterator of sound `(1, samples)`, and how many samples it has in all."""
    from keras_speech.models import WaveGlow

    name = card["name"]
    conditions.require_fitting(card, arguments)
    reason = "a vocoder has nothing but a mel spectrogram to go by"
    require_none(arguments, NOT_FOR_VOCODERS, model=name, reason=reason)
    options = {}
    if isinstance(model, WaveGlow):
        given = {option: getattr(arguments, option) for option in OF_WAVEGLOW}
        options = {option: value for option, value in given.items() if value is not None}
    else:
        require_none(arguments, OF_WAVEGLOW, model=name, reason="it is for WaveGlow")
    mel = conditions.given_mel(arguments, model.spec)
    n_samples = mel.shape[1] * model.hop_length
    if arguments.seconds is not None:
        n_samples = min(n_samples, max(1, round(arguments.seconds * model.sample_rate)))
    model = model.fold() if hasattr(model, "fold") else model
    stream = model.stream(mel, seed=arguments.seed, chunk_frames=CHUNK_FRAMES, **options)
    return _first(stream, n_samples, name), n_samples


def _first(stream, n_samples, name):
    """Yields the first `n_samples` of a stream, which are seen to be numbers."""
    import numpy as np

    while n_samples > 0:
        chunk = next(stream)[:, :n_samples]
        if not np.isfinite(chunk).all():
            raise CommandError(f"`{name}` made samples that are not finite numbers.")
        n_samples -= chunk.shape[1]
        yield chunk

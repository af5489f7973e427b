"""The vocoder of a voice by name: Griffin-Lim, or a model on disk."""

import os

from keras_speech.audio_spec import AudioSpec

GRIFFIN_LIM = "griffin-lim"

# With these the bundled voices were made and judged; the defaults of the model may move on.
GRIFFIN_LIM_SETTINGS = {"n_iter": 60, "power": 1.0, "momentum": 0.99}


def find(vocoder, spec, own=None):
    """Returns the vocoder that a voice is asked to speak with.

    Args:
        vocoder: model with `generate`, which is returned as it is; `"griffin-lim"`; or what
            `keras_speech.models.load_model_preset` takes: a model directory, a `.keras` file, the
            name of a bundled model.
        spec: `AudioSpec` of the voice.
        own: vocoder that the voice has: a Griffin-Lim is kept, with its settings, where one is
            asked for. Defaults to `None`.

    Returns: `keras.Model` with `generate`, weight normalization folded.

    Raises:
        ValueError: when there is no such model, or it does not make sound of the mel spectrograms
            of `spec`; the message has both specs' values.
    """
    from keras_speech import models

    if not isinstance(vocoder, str | os.PathLike):
        return vocoder
    if str(vocoder) == GRIFFIN_LIM:
        if isinstance(own, models.GriffinLim):
            return own
        return models.GriffinLim(spec, **GRIFFIN_LIM_SETTINGS)
    try:
        model, card = models.load_model_preset(vocoder)
    except ValueError as error:
        raise ValueError(
            f"`vocoder` must be {GRIFFIN_LIM!r} or a model on disk: {error}"
        ) from error
    condition = card["condition"] or {}
    if condition.get("kind") != "mel":
        raise ValueError(
            "`vocoder` must make sound of mel spectrograms. "
            f"Received: vocoder={str(vocoder)!r}, a {card['kind']} that does not."
        )
    spec.require_equal(AudioSpec.from_dict(condition["spec"]), ours="voice", theirs="vocoder")
    fold = getattr(model, "fold", None)
    return fold() if callable(fold) else model

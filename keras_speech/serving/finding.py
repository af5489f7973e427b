"""From what is to be served to models by their names."""

import dataclasses
import os
import re
from pathlib import Path

from keras_speech.serving.model import Model, model_of_saved_model, model_of_voice
from keras_speech.voices import presets
from keras_speech.voices.voice import Voice


def models_of(served, name=None):
    """Finds and loads what is to be served.

    Args:
        served: `Voice`, `Model`, or what names one: a bundled voice, the directory of a voice, or
            that of a SavedModel that `keras_speech.export.saved_model` wrote, with numbered
            versions, of which the highest is taken, or of one version. A list of such serves all of
            them; a dict says what clients call each.
        name: what clients call it, where it is one. Defaults to the name of the voice, or of the
            SavedModel's directory, as TF Serving would call it.

    Returns: dict from name to `Model`, in order.

    Raises:
        ValueError: for what is none of these, a name that does not fit into a URL, and two models
            of one name.
    """
    if not isinstance(served, dict | list | tuple):
        return named_models([(name, served)])
    if name is not None:
        raise ValueError(
            f"`name` must be left out where several are served: use a dict. Received: {name!r}."
        )
    pairs = served.items() if isinstance(served, dict) else [(None, each) for each in served]
    return named_models(pairs)


def named_models(pairs):
    """As `models_of`, of pairs of a name, or `None` for its own, and what is served under it."""
    models = {}
    for name, served in pairs:
        # What is given is looked at before anything is loaded.
        if name is not None:
            _require_free(name, models)
        model = _model_of(served, name)
        _require_free(model.name, models)
        models[model.name] = model
    if not models:
        raise ValueError("There must be a voice or a SavedModel to serve. Received: none.")
    return models


def _require_free(name, models):
    # Clients of HTTP take "." and ".." for directories.
    if not (isinstance(name, str) and re.fullmatch(r"(?!\.+$)[\w.-]{1,200}", name, re.ASCII)):
        raise ValueError(
            f"`name` must be of letters, digits, `_`, `-` and `.`. Received: name={name!r}."
        )
    if name in models:
        raise ValueError(
            f"Each model must have a name of its own. Received: two with the name {name!r}; "
            'another name can be given, as in {"other": voice}, or OTHER=VOICE in a shell.'
        )


def _model_of(served, name):
    if isinstance(served, Model):
        return served if name is None else dataclasses.replace(served, name=name)
    if isinstance(served, Voice):
        return model_of_voice(served, served.name if name is None else name)
    if not isinstance(served, str | os.PathLike):
        raise ValueError(
            "What is served must be a Voice, a bundled voice's name, or a directory. "
            f"Received: {type(served).__name__}."
        )
    if is_saved_model(served):
        # Late, for it takes TensorFlow, whatever Keras runs on.
        from keras_speech.export import loading

        loaded = loading.load(served)
        return model_of_saved_model(loaded, loaded.name if name is None else name)
    return _model_of(Voice.from_preset(served), name)


def is_saved_model(served):
    """Whether a path is that of a SavedModel, or of versions of one; a voice is none."""
    path = Path(served).expanduser()
    # A bundled name wins, as in `Voice.from_preset`; "./kathleen" means a directory.
    if str(served) in [each["name"] for each in presets.bundled_voices()]:
        return False
    if not path.is_dir() or (path / "voice.json").is_file():
        return False
    numbered = (each for each in path.iterdir() if each.name.isascii() and each.name.isdigit())
    return (path / "saved_model.pb").is_file() or any(each.is_dir() for each in numbered)

"""The models that come with the package, found without loading Keras."""

from pathlib import Path

from keras_speech.cli.errors import UsageError


def bundled_names():
    """Lists the names of the bundled models, sorted.

    `keras_speech.models.bundled_models` has their cards, and loads Keras.
    """
    import keras_speech

    presets = Path(keras_speech.__file__).parent / "models" / "presets"
    return sorted(path.parent.name for path in presets.glob("*/model.json"))


def require_model(model, *, option="MODEL"):
    """Says at once that there is no such model; what is wrong inside of one, loading it says."""
    path = Path(model).expanduser()
    if model in bundled_names() or path.is_dir() or (path.is_file() and path.suffix == ".keras"):
        return
    raise UsageError(
        f"{option} `{model}` is neither a directory, a .keras file, nor a model that comes with "
        f"the package ({', '.join(bundled_names()) or 'this installation has none'})."
    )

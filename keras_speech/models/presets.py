"""Models on disk that need no text: those in the package, and directories of the same layout."""

import os
import shutil
import tempfile
from pathlib import Path

from keras_speech.models import model_card, model_files, stored_weights

BUNDLED = Path(__file__).parent / "presets"

MODEL = "model.keras"
CONTENTS = f"a model directory holds {MODEL} and {model_card.FILE_NAME}"


def bundled_models():
    """Lists the models that come with the package, sorted by name.

    Returns: list of their cards, as `load_model_preset` returns them, each with `n_bytes` (on
        disk) and `directory` added.
    """
    cards = []
    for directory in _bundled_directories():
        files = [path for path in directory.rglob("*") if path.is_file()]
        n_bytes = sum(path.stat().st_size for path in files)
        card = model_card.read(directory)
        cards.append({**card, "n_bytes": n_bytes, "directory": str(directory)})
    return cards


def load_model_preset(preset):
    """Loads a model that makes sound without text, and what there is to know about it.

    Nothing in the files may run code.

    Args:
        preset: name of a bundled model (`bundled_models` lists them), a directory that
            `save_model_preset` made, or a `.keras` file.

    Returns: `(model, card)`. The card is a dict with `name`, `kind` (the model's class),
        `sample_rate`, `description`, `license`, `condition`, `speakers`, `temperature` and
        `metadata`, as in `save_model_preset`. Of a `.keras` file it says what the model itself
        does: speakers are then named by their numbers.

    Raises:
        ValueError: when there is no such model, or a file of it is missing or damaged; the message
            names it.
    """
    path = _find(preset)
    if path.is_dir():
        card = model_card.read(path)
        model = model_files.load_model(path / MODEL, role="model")
        try:
            model_card.check(card, model)
        except ValueError as error:
            raise ValueError(f"In {str(path / model_card.FILE_NAME)!r}: {error}") from error
        return model, card
    model = model_files.load_model(path, role="model")
    if not hasattr(model, "sample_rate"):
        raise ValueError(
            "The model must know its `sample_rate`. "
            f"Received: {type(model).__name__} in {str(path)!r}."
        )
    n_speakers = getattr(model, "n_speakers", 0) or 0
    return model, {
        "name": path.stem,
        "kind": type(model).__name__,
        "sample_rate": model.sample_rate,
        "description": "",
        "license": "",
        "condition": model_card.condition_of(model),
        "speakers": [str(speaker) for speaker in range(n_speakers)] or None,
        "temperature": 1.0,
        "metadata": {},
        "weights_dtype": "float32",
    }


def load_model_of(cls, preset):
    """Loads a model as `load_model_preset` does, and sees that it is a `cls`.

    Raises:
        ValueError: as `load_model_preset`, or if the model is of another class.
    """
    model, card = load_model_preset(preset)
    if not isinstance(model, cls):
        raise ValueError(
            f"`preset` must name a {cls.__name__}. "
            f"Received: preset={str(preset)!r}, a {type(model).__name__}."
        )
    model.default_temperature = card["temperature"]
    return model


def save_model_preset(
    model,
    directory,
    *,
    name=None,
    description="",
    license="",
    condition=None,
    speakers=None,
    temperature=1.0,
    metadata=None,
    weights_dtype="float32",
    overwrite=False,
):
    """Saves a model as `model.keras` and `model.json` in a directory, to make sound with.

    What only training needs, optimizer and discriminators, is left out: `model.save` keeps it. Each
    file appears whole or not at all. What else is in the directory stays there.

    Args:
        model: built `keras.Model` with `generate` and `sample_rate`.
        directory: where to; it is made.
        name: str. Defaults to the directory's.
        description: what the model makes, for people.
        license: of the weights, such as `"CC0-1.0"`.
        condition: what a model with local conditioning reads: `{"kind": "note_roll", "lowest": 36,
            "highest": 96, "hop_length": 160, "tones": False}` (see `data.note_roll`) or
            `{"kind": "mel", "spec": spec.to_dict()}`. Defaults to the mel of the model's own
            `spec`, if it has one.
        speakers: names of the model's speakers, in the order of their ids. Defaults to `None`.
        temperature: at which the model sounds best; `keras-speech generate` takes it where it is
            told no other. Defaults to 1.
        metadata: dict of whatever else JSON can hold.
        weights_dtype: `"float32"`; `"float16"` for half the size on disk; or `"int8"` for about a
            quarter of it. The model loads in its own dtype always. Defaults to `"float32"`.
        overwrite: replace a model that is there. Defaults to `False`.

    Returns: `directory` as a `pathlib.Path`.

    Raises:
        ValueError: when the card does not fit the model, or a model is there already.
    """
    stored_weights.check_dtype(weights_dtype)
    directory = Path(directory).expanduser()
    card = model_card.make(
        model,
        name=directory.resolve().name if name is None else name,
        description=description,
        license=license,
        condition=condition,
        speakers=speakers,
        temperature=temperature,
        metadata=metadata,
        weights_dtype=weights_dtype,
    )
    there = [file for file in (MODEL, model_card.FILE_NAME) if (directory / file).exists()]
    if there and not overwrite:
        raise ValueError(
            "`directory` must not hold a model; `overwrite=True` replaces it. "
            f"Received: directory={str(directory)!r}, which holds {there[0]}."
        )
    new = not directory.exists()
    directory.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=directory, prefix=".model."))
    try:
        model_files.save_model(model, temporary / MODEL, weights_dtype=weights_dtype)
        model_card.write(temporary / model_card.FILE_NAME, card)
        for file in (MODEL, model_card.FILE_NAME):
            os.replace(temporary / file, directory / file)
        new = False
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if new:
            directory.rmdir()
    return directory


def _find(preset):
    if not isinstance(preset, str | os.PathLike):
        raise ValueError(
            "`preset` must be a model's name, a directory or a .keras file. "
            f"Received: preset={preset!r}."
        )
    bundled = {directory.name: directory for directory in _bundled_directories()}
    # A bundled name wins; "./piano" is how a directory of that name is meant.
    if str(preset) in bundled:
        return bundled[str(preset)]
    path = Path(preset).expanduser()
    if path.is_dir() or (path.is_file() and path.suffix == ".keras"):
        return path
    what = "is a file of another kind" if path.exists() else "is none of them"
    raise ValueError(
        f"`preset` must be a bundled model ({', '.join(bundled) or 'none is installed'}), the "
        f"directory of a model or a .keras file; {CONTENTS}. "
        f"Received: preset={str(preset)!r}, which {what}."
    )


def _bundled_directories():
    if not BUNDLED.is_dir():
        return []
    return sorted(path.parent for path in BUNDLED.glob(f"*/{model_card.FILE_NAME}"))

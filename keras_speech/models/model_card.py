"""The file `model.json`: what a model's weights do not say, checked against the model."""

import json
import numbers
from pathlib import Path

from keras_speech.audio_spec import AudioSpec
from keras_speech.models import json_fields

FILE_NAME = "model.json"
FORMAT = "keras_speech.model"
FORMAT_VERSION = 1

# field -> the types it may have
FIELDS = {
    "name": str,
    "kind": str,
    "sample_rate": int,
    "description": str,
    "license": str,
    "condition": (dict, type(None)),
    "speakers": (list, type(None)),
    "temperature": (int, float),
    "metadata": dict,
    "weights_dtype": str,
}
NOTE_ROLL, MEL = "note_roll", "mel"


def make(
    model, *, name, description, license, condition, speakers, temperature, metadata, weights_dtype
):
    """Returns the checked card of a model; see `presets.save_model_preset` for the arguments."""
    card = {
        "name": str(name),
        "kind": type(model).__name__,
        "sample_rate": int(model.sample_rate),
        "description": str(description),
        "license": str(license),
        "condition": condition_of(model) if condition is None else dict(condition),
        "speakers": None if speakers is None else list(speakers),
        "temperature": float(temperature),
        "metadata": dict(metadata or {}),
        "weights_dtype": str(weights_dtype),
    }
    check(card, model)
    try:
        json.dumps(card, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"`metadata` must be what JSON can hold: {error}.") from error
    return card


def condition_of(model):
    """Returns the condition that the model's own configuration tells: its mel, or `None`."""
    spec = getattr(model, "spec", None)
    return None if spec is None else {"kind": MEL, "spec": spec.to_dict()}


def write(path, card):
    """Writes a card."""
    json_fields.write(path, card, format=FORMAT, version=FORMAT_VERSION)


def read(directory):
    """Reads `model.json` and checks its fields, `condition` included.

    Args:
        directory: of the preset.

    Returns: dict with every field of `FIELDS`.

    Raises:
        ValueError: that names the file and the field, when one is missing, has a wrong type or
            comes from a newer format.
    """
    path = Path(directory) / FILE_NAME
    if not path.is_file():
        raise ValueError(f"There is no model in {str(directory)!r}: {FILE_NAME} is missing.")
    fields = json_fields.read(path, FIELDS, what="model", format=FORMAT, version=FORMAT_VERSION)
    card = {field: fields[field] for field in FIELDS}
    try:
        _check_fields(card)
    except ValueError as error:
        raise ValueError(f"In {str(path)!r}: {error}") from error
    return card


def check(card, model):
    """Raises `ValueError` where a card says something else than the model."""
    _check_fields(card)
    _require("kind", card["kind"], type(model).__name__)
    _require("sample_rate", card["sample_rate"], getattr(model, "sample_rate", None))
    n_speakers = getattr(model, "n_speakers", 0) or 0
    _require("number of speakers", len(card["speakers"] or ()), n_speakers)
    condition = card["condition"]
    channels = getattr(model, "local_channels", 0) or 0
    if (condition is not None) != bool(channels):
        raise ValueError(
            "`condition` must say what a model with local channels is conditioned on, and be None "
            f"for others. Received: condition={condition!r}, local_channels={channels}."
        )
    if condition is None:
        return
    if condition["kind"] == MEL:
        spec = AudioSpec.from_dict(condition["spec"])
        if getattr(model, "spec", None) is not None:
            spec.require_equal(model.spec, ours="model's card", theirs="model")
        _require("n_mels", spec.n_mels, channels)
        hop_length = spec.hop_length
    else:
        hop_length = condition["hop_length"]
    _require("hop_length", hop_length, getattr(model, "hop_length", hop_length))


def _check_fields(card):
    if card["sample_rate"] < 1:
        raise ValueError(
            f"`sample_rate` must be positive. Received: sample_rate={card['sample_rate']}."
        )
    if not card["temperature"] > 0:
        raise ValueError(
            f"`temperature` must be above 0. Received: temperature={card['temperature']}."
        )
    speakers = card["speakers"]
    if speakers is not None and (
        not speakers
        or not all(isinstance(speaker, str) for speaker in speakers)
        or len(set(speakers)) < len(speakers)
    ):
        raise ValueError(
            f"`speakers` must be None or different names. Received: speakers={speakers!r}."
        )
    _check_condition(card["condition"])


def _check_condition(condition):
    if condition is None:
        return
    kind = condition.get("kind")
    if kind == MEL:
        if not isinstance(condition.get("spec"), dict):
            raise ValueError(
                "`condition` of kind 'mel' must have the fields of an AudioSpec as `spec`. "
                f"Received: condition={condition!r}."
            )
        AudioSpec.from_dict(condition["spec"])
    elif kind == NOTE_ROLL:
        values = [condition.get(field) for field in ("lowest", "highest", "hop_length")]
        whole = all(isinstance(v, numbers.Integral) and not isinstance(v, bool) for v in values)
        tones = condition.get("tones", False)
        if (
            not whole
            or not 0 <= values[0] <= values[1] <= 127
            or values[2] < 1
            or not isinstance(tones, bool)
        ):
            raise ValueError(
                "`condition` of kind 'note_roll' must have `lowest` and `highest` (MIDI numbers) "
                "and `hop_length` (samples), and may have `tones` (true or false). "
                f"Received: condition={condition!r}."
            )
    else:
        raise ValueError(
            f"`condition` must be None or of kind 'mel' or 'note_roll'. Received: {condition!r}."
        )


def _require(what, card, model):
    if card != model:
        raise ValueError(
            f"A card must be of its model. Received: {what} {card} in the card, {model} in the "
            "model."
        )

"""What a voice or a model is cut into for a device, and the card that goes with the files."""

import json

from keras_speech.export.device_functions import (
    acoustic_function,
    noise_channels,
    vocoder_function,
)
from keras_speech.export.wavenet_step import step_length, wavenet_step_function
from keras_speech.models.acoustic import AcousticModel
from keras_speech.models.griffin_lim.griffin_lim import GriffinLim
from keras_speech.models.vocoder import Vocoder
from keras_speech.models.wavenet.wavenet import WaveNet
from keras_speech.voices import delivery
from keras_speech.voices.request import LIMITS, NEUTRAL
from keras_speech.voices.voice import Voice

CARD = "model.json"

# Frames that a decoder makes at most where nobody says otherwise, as in `generate`.
MAX_FRAMES = 2000


def device_parts(model, rfft=None):
    """The functions to convert.

    Args:
        model: `Voice`, acoustic model, vocoder or `WaveNet`.
        rfft: see `ops.portable.scope`.

    Returns: dict from models to their `DeviceFunction`s, in the order in which they are used.

    Raises:
        ValueError: `model` is none of these.
    """
    if isinstance(model, Voice):
        return {
            **device_parts(model.acoustic_model, rfft),
            **device_parts(model.vocoder, rfft),
        }
    if isinstance(model, AcousticModel):
        return {model: acoustic_function(model, rfft)}
    if isinstance(model, WaveNet):
        return {model: wavenet_step_function(model)}
    if isinstance(model, Vocoder | GriffinLim):
        return {model: vocoder_function(model, rfft)}
    raise ValueError(
        "`model` must be a Voice, an acoustic model, a vocoder or a WaveNet. "
        f"Received: {type(model).__name__}."
    )


def write_card(path, model, parts, *, suffix, weights):
    """Writes what an app has to know as JSON.

    Args:
        path: `pathlib.Path` of the directory.
        model: what was exported.
        parts: what `device_parts` gave.
        suffix: of the files, such as ".tflite".
        weights: what they hold, such as "float16".
    """
    card = {
        "format": "keras_speech.device",
        "format_version": 1,
        "name": model.name,
        "weights": weights,
        **_sound(model),
        **(_voice(model) if isinstance(model, Voice) else {}),
        "parts": {part.name: _part(each, part, suffix) for each, part in parts.items()},
    }
    text = json.dumps(card, indent=2, ensure_ascii=False)
    (path / CARD).write_text(text + "\n", encoding="utf-8")


def _sound(model):
    spec = getattr(model, "spec", None)
    if spec is not None:
        return {"sample_rate": spec.sample_rate, "hop_length": spec.hop_length}
    if isinstance(model, WaveNet):
        return {"sample_rate": model.sample_rate, "hop_length": model.hop_length}
    return {}


def _voice(voice):
    return {
        "symbols": {symbol: token for token, symbol in enumerate(voice.tokenizer.symbols)},
        "speakers": None if voice.speakers is None else list(voice.speakers),
        "level_db": voice.level_db,
        "peak": voice.peak,
        "pauses": {**delivery.PAUSES, **voice.pauses},
    }


def _part(model, part, suffix):
    outputs = part.function.get_concrete_function().structured_outputs
    card = {
        "file": part.name + suffix,
        "model": type(model).__name__,
        "inputs": {spec.name: _described(spec) for spec in part.inputs},
        "outputs": {name: _described(outputs[name]) for name in part.outputs},
    }
    controls = [name for name in LIMITS if name in card["inputs"]]
    if controls:
        card["controls"] = {
            name: {"low": LIMITS[name][0], "high": LIMITS[name][1], "neutral": NEUTRAL[name]}
            for name in controls
        }
    if "noise" in card["inputs"]:
        card["noise_channels"] = noise_channels(model)
        card["frames_per_step"], card["max_frames"] = model.reduction, MAX_FRAMES
    if isinstance(model, WaveNet):
        card["step_length"] = step_length(model)
        card["temperature"] = model.default_temperature
        card["context_frames"] = model.upsampler.context_frames if model.local_channels else 0
    return card


def _described(tensor):
    return {"dtype": tensor.dtype.name, "shape": tensor.shape.as_list()}

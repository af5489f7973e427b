"""Generation by FastSpeech 2, and the knobs of it."""

import functools
import math

import keras
import numpy as np
from keras import ops

from keras_speech.models import checks

# What a voice can be asked for, and how far a model that has seen nothing else can follow.
RANGES = {"speed": (0.25, 4.0), "pitch": (-12.0, 12.0), "energy": (-20.0, 20.0)}
UNITS = {"speed": "times as fast", "pitch": "semitones", "energy": "decibels"}

# Natural logarithm of a semitone's ratio of frequencies, of a decibel's ratio of magnitudes.
SEMITONE, DECIBEL = math.log(2.0) / 12.0, math.log(10.0) / 20.0

# XLA compiles for every length, so there are few of them.
_TOKENS_STEP, _FRAMES_STEP = 16, 64


def check_control(name, value, shape):
    """float32 `shape` from a number, `(batch,)` or `(batch, tokens)`, or `ValueError`."""
    low, high = RANGES[name]
    array = np.asarray(value)
    if array.dtype.kind not in "iuf" or array.shape not in ((), shape[:1], shape):
        raise ValueError(
            f"`{name}` must be a number, one for each row, or one for each token. "
            f"Received: shape={array.shape}, dtype={array.dtype} for tokens {shape}"
        )
    array = array.astype("float32")
    if not (np.isfinite(array).all() and low <= array.min() and array.max() <= high):
        raise ValueError(
            f"`{name}` must be from {low:g} to {high:g} ({UNITS[name]}). Received: {name}={value}"
        )
    return np.broadcast_to(array[:, None] if array.ndim == 1 else array, shape)


def generate(model, arrays, speed, pitch, energy, max_frames, jit):
    """What `FastSpeech2.generate` does with checked tokens, lengths and speakers (`arrays`)."""
    shape = arrays[0].shape
    few_lengths = jit or keras.backend.backend() == "jax"
    knobs = [
        check_control(name, value, shape)
        for name, value in (("speed", speed), ("pitch", pitch), ("energy", energy))
    ]
    for name, knob in zip(("pitch", "energy"), knobs[1:], strict=True):
        if knob.any() and not model.options[name]:
            raise ValueError(
                f"`{name}` must be 0 for a model that does not model it. Received: a shift"
            )
    if max_frames is not None:
        checks.check_whole(max_frames=max_frames)

    if few_lengths:
        padding = [(0, 0), (0, -shape[1] % _TOKENS_STEP)]
        knobs = [np.pad(knob, padding, mode="edge") for knob in knobs]
        arrays = [np.pad(arrays[0], padding), *arrays[1:]]
    adapted, result = model.run_compiled(
        "read", functools.partial(read, model), *knobs, *arrays, jit=jit
    )
    durations = np.asarray(ops.convert_to_numpy(result["durations"]))
    wanted = durations.sum(axis=1)
    if max_frames is not None:
        ends = np.minimum(np.cumsum(durations, axis=1), max_frames)
        durations = np.diff(ends, axis=1, prepend=0).astype("int32")
    lengths = durations.sum(axis=1).astype("int32")
    longest = int(lengths.max())
    step = _FRAMES_STEP if few_lengths else 1
    frames = np.zeros((-(-longest // step) * step,), "float32")
    # The length comes as that of an array: JAX needs to know it when it compiles.
    mel, weights = model.run_compiled(
        "draw", functools.partial(draw, model), adapted, durations, frames, jit=jit
    )
    result["durations"] = ops.convert_to_tensor(durations)
    return {
        "mel": mel[:, :longest],
        "lengths": ops.convert_to_tensor(lengths),
        "alignment": weights[:, :longest, : shape[1]],
        "stopped": ops.convert_to_tensor(wanted == lengths),
        **{name: value[:, : shape[1]] for name, value in result.items()},
    }


def read(model, speed, pitch, energy, *arrays):
    """The tokens as they will be drawn: a pure function of tensors.

    Args:
        model: `FastSpeech2`.
        speed, pitch, energy: float `(batch, tokens)`, as `generate` takes them.
        arrays: tokens, their lengths, and the speakers where there are any.

    Returns: `(adapted, result)`: `(batch, tokens, channels)` for `draw`; dict of `"durations"`
    and, as far as modeled, `"f0_hz"` and `"energy"`.
    """
    hidden, mask = model.encode(*arrays, training=False)
    factors = ops.convert_to_tensor([model.options["pitch_range"], 1.0], dtype="float32")
    changes = {
        "pitch": (factors[0], pitch * (SEMITONE / model.pitch_scale)),
        "energy": (factors[1], energy * (DECIBEL / model.energy_scale)),
    }
    adapted, predicted, told = model.variance_adaptor(hidden, mask, changes=changes, training=False)
    predictor = model.variance_adaptor.duration_predictor
    durations = predictor.to_frames(predicted["log_duration"], mask, speed)
    result = {"durations": durations}
    if "pitch" in told:
        log_f0 = told["pitch"] * model.pitch_scale + model.pitch_mean
        result["f0_hz"] = ops.where(mask, ops.exp(log_f0), 0.0)
    if "energy" in told:
        chosen = told["energy"] * model.energy_scale + model.energy_mean
        result["energy"] = ops.where(mask, chosen, 0.0)
    return adapted, result


def draw(model, adapted, durations, frames):
    """Mel and alignment of `read` tokens: a pure function of tensors.

    Args:
        model: `FastSpeech2`.
        adapted, durations: from `read`.
        frames: any array as long as the longest row has frames.
    """
    # The graph forgot how many channels there are.
    adapted = ops.reshape(adapted, (*ops.shape(adapted)[:2], model.channels))
    mel, weights = model.decode(adapted, durations, ops.shape(frames)[0], training=False)
    return model.silenced(mel, ops.sum(durations, axis=1)), weights

"""Voices and models as ONNX files, for onnxruntime."""

import dataclasses

import tensorflow as tf

from keras_speech.export.acoustic_graph import require_tensorflow
from keras_speech.export.device_parts import device_parts, write_card
from keras_speech.export.directories import free_directory, written_whole
from keras_speech.export.onnx_graph import onnx_model, require_onnx
from keras_speech.export.onnx_weights import WEIGHTS, store_weights


def onnx(model, directory, *, weights="float32"):
    """Writes ONNX files that need nothing but onnxruntime, or another program that runs ONNX.

    Only the standard operations of ONNX are used, of its operator set 18. One row is computed at a
    time, of any length. The files appear together or not at all:

    - `acoustic.onnx`, of an acoustic model: tokens in, mel out; see
      `export.device_functions.acoustic_function` for the names of what goes in and comes out.
    - `vocoder.onnx`: mel in, audio out; see `vocoder_function` there.
    - `wavenet_step.onnx`, of a `WaveNet`: some samples more at each call, from the state that the
      last one has left; see `export.wavenet_step.wavenet_step_function`. The new states have the
      names `next_state_0`, `next_state_1`, ....
    - `model.json`: the sample rate, the symbols of the tokens, and the inputs and outputs of each
      file.

    A `Voice` has an acoustic model and a vocoder (or a `WaveNet`). Its tokenizer is not among the
    files: tokens come from `voice.tokenizer`, or are made of symbols by the app.

    Args:
        model: `Voice`, acoustic model, vocoder or `WaveNet` of this package, on the TensorFlow
            backend.
        directory: where to; it must not exist or be empty.
        weights: `"float32"`; `"float16"` for half the size; or `"int8"` for a quarter. Both are
            unpacked as the files are loaded or called: what is computed, and how fast, stays the
            same. Defaults to `"float32"`.

    Returns: `directory` as a `pathlib.Path`.

    Raises:
        ImportError: onnx or tf2onnx are not installed.
        ValueError: `model` is none of these, is on another backend, or has an operation that ONNX
            has not; `weights` is unknown; the directory holds something.
        OSError: when the directory cannot be written.

    Example:

    >>> voice = keras_speech.Voice.from_preset("kathleen")  # doctest: +SKIP
    >>> path = onnx(voice, "out", weights="float16")  # doctest: +SKIP
    >>> sorted(file.name for file in path.iterdir())  # doctest: +SKIP
    ['acoustic.onnx', 'model.json', 'vocoder.onnx']
    """
    require_tensorflow()
    if weights not in WEIGHTS:
        raise ValueError(
            f"`weights` must be one of {', '.join(WEIGHTS)}. Received: weights={weights!r}."
        )
    require_onnx()
    directory = free_directory(directory)
    parts = {each: _named_apart(part) for each, part in device_parts(model).items()}
    with written_whole(directory) as temporary:
        for each, part in parts.items():
            try:
                converted = onnx_model(part.function, part.inputs)
            except ValueError as error:
                raise ValueError(
                    "`model` must have no operations but those of ONNX. "
                    f"Received: {type(each).__name__}. {error}"
                ) from error
            store_weights(converted, weights)
            file = temporary / f"{part.name}.onnx"
            file.write_bytes(converted.SerializeToString())
        write_card(temporary, model, parts, suffix=".onnx", weights=weights)
    return directory


def _named_apart(part):
    """The `DeviceFunction` with no output that has the name of an input, which ONNX forbids."""
    taken = {spec.name for spec in part.inputs}
    if taken.isdisjoint(part.outputs):
        return part
    names = {name: f"next_{name}" if name in taken else name for name in part.outputs}

    def function(*tensors):
        return {names[name]: tensor for name, tensor in part.function(*tensors).items()}

    function = tf.function(function, input_signature=part.inputs, autograph=False)
    return dataclasses.replace(part, function=function, outputs=tuple(names.values()))

"""Voices and models as LiteRT files, for phones."""

import re

import numpy as np
import tensorflow as tf

from keras_speech.export.acoustic_graph import require_tensorflow
from keras_speech.export.device_parts import device_parts, write_card
from keras_speech.export.directories import free_directory, written_whole
from keras_speech.export.float16_weights import with_float16_weights
from keras_speech.ops import portable

WEIGHTS = ("float32", "float16", "int8")


def litert(model, directory, *, weights="float32"):
    """Writes LiteRT (TensorFlow Lite) files that need nothing but the interpreter.

    Only built-in operations are used, none of TensorFlow's ("flex") and no custom ones. One row is
    computed at a time, of any length. The files appear together or not at all:

    - `acoustic.tflite`, of an acoustic model: tokens in, mel out; see
      `export.device_functions.acoustic_function` for the names of what goes in and comes out.
    - `vocoder.tflite`: mel in, audio out; see `vocoder_function` there.
    - `wavenet_step.tflite`, of a `WaveNet`: some samples more at each call, from the state that the
      last one has left; see `export.wavenet_step.wavenet_step_function`.
    - `model.json`: the sample rate, the symbols of the tokens, and the inputs and outputs of each
      file.

    A `Voice` has an acoustic model and a vocoder (or a `WaveNet`). Its tokenizer is not among the
    files: tokens come from `voice.tokenizer`, or are made of symbols by the app.

    Args:
        model: `Voice`, acoustic model, vocoder or `WaveNet` of this package, on the TensorFlow
            backend.
        directory: where to; it must not exist or be empty.
        weights: `"float32"`; `"float16"` for half the size; or `"int8"` for a quarter, with the
            factors of matrix products rounded to 8 bits as they are computed ("dynamic range").
            Defaults to `"float32"`.

    Returns: `directory` as a `pathlib.Path`.

    Raises:
        ValueError: `model` is none of these, is on another backend, or has an operation that
            LiteRT has not; `weights` is unknown; the directory holds something.
        OSError: when the directory cannot be written.

    Example:

    >>> voice = keras_speech.Voice.from_preset("kathleen")  # doctest: +SKIP
    >>> path = litert(voice, "phone", weights="float16")  # doctest: +SKIP
    >>> sorted(file.name for file in path.iterdir())  # doctest: +SKIP
    ['acoustic.tflite', 'model.json', 'vocoder.tflite']
    """
    require_tensorflow()
    if weights not in WEIGHTS:
        raise ValueError(
            f"`weights` must be one of {', '.join(WEIGHTS)}. Received: weights={weights!r}."
        )
    directory = free_directory(directory)
    parts = device_parts(model, rfft=_rfft)
    with written_whole(directory) as temporary:
        for each, part in parts.items():
            file = temporary / f"{part.name}.tflite"
            file.write_bytes(_converted(each, part.function, weights))
        write_card(temporary, model, parts, suffix=".tflite", weights=weights)
    return directory


def _converted(model, function, weights):
    """Bytes of the file."""
    concrete = function.get_concrete_function()
    module = tf.Module()
    # A module that holds the variables is saved with a signature, by which inputs have names.
    module.function, module.variables_of_model = concrete, list(concrete.graph.variables)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], module)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if weights == "int8":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    try:
        content = converter.convert()
    except Exception as error:
        # What the converter raises has no type of its own, and pages of text.
        missing = re.search(r"(?:TF Select|Custom) ops: (.+)", str(error))
        reason = f"which needs {missing[1]}" if missing else str(error).partition("\n")[0]
        raise ValueError(
            "`model` must have no operations but those of LiteRT. "
            f"Received: {type(model).__name__}, {reason}."
        ) from error
    return with_float16_weights(content) if weights == "float16" else content


def _rfft(x):
    """LiteRT's own transform, which is for powers of 2; a product with all waves for others."""
    n = x.shape[-1]
    if not n & (n - 1):
        transformed = tf.signal.rfft(x)
        return tf.math.real(transformed), tf.math.imag(transformed)
    # In a loop, the converter fails on the factors of `portable.rfft_by_products`.
    angles = 2 * np.pi * (np.outer(np.arange(n), np.arange(n // 2 + 1)) % n) / n
    waves = np.concatenate([np.cos(angles), -np.sin(angles)], axis=1).astype("float32")
    product = tf.matmul(x, portable.kept(tf.constant(waves), x))
    return product[..., : n // 2 + 1], product[..., n // 2 + 1 :]

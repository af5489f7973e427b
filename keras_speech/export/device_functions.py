"""Models as functions of a few named tensors, for the converters of other runtimes."""

import dataclasses

import numpy as np
import tensorflow as tf

from keras_speech.models.fastspeech2 import controls as fastspeech2_controls
from keras_speech.models.fastspeech2.fastspeech2 import FastSpeech2
from keras_speech.models.griffin_lim.griffin_lim import GriffinLim
from keras_speech.models.neural_hmm import generation as neural_hmm_generation
from keras_speech.models.neural_hmm.neural_hmm import NeuralHMMTTS
from keras_speech.models.tacotron import generation as tacotron_generation
from keras_speech.models.tacotron.tacotron import Tacotron
from keras_speech.models.tacotron2 import generation as tacotron2_generation
from keras_speech.models.tacotron2.tacotron2 import Tacotron2
from keras_speech.models.transformer_tts import generation as transformer_generation
from keras_speech.models.transformer_tts.transformer_tts import TransformerTTS
from keras_speech.models.vocoder import Vocoder
from keras_speech.ops import portable

# Defaults of `generate`.
STOP_THRESHOLD, QUANTILE = 0.5, 0.5


@dataclasses.dataclass(frozen=True)
class DeviceFunction:
    """A function to convert: one row at a time, of any length.

    Attributes:
        name: what its file is called: "acoustic", "vocoder" or "wavenet_step".
        function: `tf.function` of the `inputs` by position; it returns a dict of the outputs. It
            holds the model's variables.
        inputs: list of named `tf.TensorSpec`s.
        outputs: names of the outputs.
    """

    name: str
    function: object
    inputs: list
    outputs: tuple


def acoustic_function(model, rfft=None):
    """An acoustic model's `generate` for one sentence, all of whose tokens are real.

    Inputs, as far as the model has them:

    - `tokens`: int32 `(1, tokens)`, from 1 on.
    - `speaker`: int32 `(1,)`.
    - `speed`, `pitch`, `energy`: float32 `(1,)`.
    - `noise`: float32 `(steps, channels)`, uniform in [0, 1), of a model that decodes step by step.
      For `numpy.random.default_rng(seed).random((steps, channels), dtype="float32")` the result is
      that of `generate` with this seed. As many steps are made at most.

    Outputs: `mel` float32 `(1, frames, n_mels)`, `lengths` int32 `(1,)`, `alignment` float32
    `(1, frames, tokens)`; `durations` int32 `(1, tokens)` of `FastSpeech2`, `linear` of `Tacotron`.

    Args:
        model: `FastSpeech2`, `NeuralHMMTTS`, `Tacotron`, `Tacotron2` or `TransformerTTS`.
        rfft: see `ops.portable.scope`.

    Returns: `DeviceFunction`.

    Raises:
        ValueError: for another model.
    """
    inputs = [tf.TensorSpec([1, None], tf.int32, "tokens")]
    if getattr(model, "n_speakers", 0):
        inputs.append(tf.TensorSpec([1], tf.int32, "speaker"))
    outputs = ["mel", "lengths", "alignment"]
    if isinstance(model, FastSpeech2):
        generate = _fastspeech2
        controls = list(model.controls)
        outputs.append("durations")
    elif isinstance(model, NeuralHMMTTS):
        generate, controls = _neural_hmm, ["speed"]
    elif isinstance(model, Tacotron | Tacotron2 | TransformerTTS):
        generate, controls = _decoded, []
        outputs += ["linear"] if isinstance(model, Tacotron) and model.n_freqs else []
    else:
        raise ValueError(
            "`model` must be a FastSpeech2, NeuralHMMTTS, Tacotron, Tacotron2 or TransformerTTS. "
            f"Received: {type(model).__name__}."
        )
    inputs += [tf.TensorSpec([1], tf.float32, name) for name in controls]
    if generate is not _fastspeech2:
        inputs.append(tf.TensorSpec([None, noise_channels(model)], tf.float32, "noise"))

    def by_name(**tensors):
        tokens = tensors["tokens"]
        arrays = [tokens, tf.shape(tokens)[1:]]
        if "speaker" in tensors:
            arrays.append(tensors["speaker"])
        values = {name: tf.broadcast_to(tensors[name], tf.shape(tokens)) for name in controls}
        result = generate(model, arrays, tensors.get("noise"), **values)
        # A model that stopped in the middle of its last step has frames to spare.
        frames = result["lengths"][0]
        for name in {"mel", "alignment", "linear"} & result.keys():
            result[name] = result[name][:, :frames]
        return {name: result[name] for name in outputs}

    return _device_function("acoustic", by_name, inputs, outputs, rfft)


def noise_channels(model):
    """Random numbers that a step of a decoder takes."""
    return sum(model.decoder.prenet_units) + isinstance(model, NeuralHMMTTS)


def _fastspeech2(model, arrays, noise, **controls):
    nothing = tf.zeros(tf.shape(arrays[0]))
    knobs = [controls.get(name, nothing) for name in ("speed", "pitch", "energy")]
    adapted, result = fastspeech2_controls.read(model, *knobs, *arrays)
    lengths = tf.reduce_sum(result["durations"], axis=1)
    frames = tf.zeros([lengths[0]])
    mel, weights = fastspeech2_controls.draw(model, adapted, result["durations"], frames)
    return {**result, "mel": mel, "lengths": lengths, "alignment": weights}


def _neural_hmm(model, arrays, noise, speed):
    noise, max_frames = _whole_chunks(model, noise, neural_hmm_generation.CHUNK)
    # Frames are those of the means: no deviation is drawn at the temperature 0.
    normal = tf.zeros([tf.shape(noise)[0], model.decoder.channels])
    settings = tf.constant([-np.log1p(-QUANTILE), 0.0, 0.0], tf.float32)
    return neural_hmm_generation.generate_mel(
        model, noise, normal, settings, max_frames, speed, *arrays
    )


def _decoded(model, arrays, noise):
    tokens, lengths, *speaker = arrays
    chunk, scalars = tacotron2_generation.CHUNK, []
    if isinstance(model, Tacotron):
        generate = tacotron_generation.generate_spectrograms
    elif isinstance(model, Tacotron2):
        generate = tacotron2_generation.generate_mel
    else:
        generate, chunk = transformer_generation.generate_mel, transformer_generation.CHUNK
        scalars.append(tf.constant(transformer_generation.ANYWHERE))
    noise, max_frames = _whole_chunks(model, noise, chunk)
    threshold = tf.constant(STOP_THRESHOLD)
    return generate(model, noise, tokens, lengths, threshold, max_frames, *scalars, *speaker)


def _whole_chunks(model, noise, chunk):
    """The noise for whole chunks of steps, and the frames that there was noise for."""
    steps = tf.shape(noise)[0]
    return tf.pad(noise, [[0, -steps % chunk], [0, 0]]), steps * model.reduction


def vocoder_function(model, rfft=None):
    """A vocoder's `generate` for one mel as a whole, at the seed 0.

    Input: `mel` float32 `(1, frames, channels)`. Output: `audio` float32
    `(1, frames * hop_length)`.

    Args:
        model: `HiFiGAN`, `Vocos`, `WaveGlow` or another `Vocoder`, or a `GriffinLim`.
        rfft: see `ops.portable.scope`.

    Returns: `DeviceFunction`.

    Raises:
        ValueError: for another model.
    """
    if isinstance(model, GriffinLim):
        channels = model.n_channels

        def vocode(mel):
            return model.call(mel, tf.shape(mel)[1:2], tf.constant(0, tf.uint32))

    elif isinstance(model, Vocoder):
        model = model.fold() if hasattr(model, "fold") else model
        channels = model.spec.n_mels

        def vocode(mel):
            start, seed = tf.constant(0, tf.int32), tf.constant(0, tf.uint32)
            return model.vocode(mel, None, noise_start=start, seed=seed)

    else:
        raise ValueError(
            "`model` must be a GriffinLim, HiFiGAN, Vocos, WaveGlow or another Vocoder. "
            f"Received: {type(model).__name__}."
        )

    inputs = [tf.TensorSpec([1, None, channels], tf.float32, "mel")]
    return _device_function("vocoder", lambda mel: {"audio": vocode(mel)}, inputs, ["audio"], rfft)


def _device_function(name, function, inputs, outputs, rfft):
    names = [spec.name for spec in inputs]

    def traced(*tensors):
        with portable.scope(rfft):
            return function(**dict(zip(names, tensors, strict=True)))

    graph = tf.function(traced, input_signature=inputs, autograph=False)
    return DeviceFunction(name, graph, inputs, tuple(outputs))

"""`generate` of the acoustic models as a function of tensors alone."""

import keras
import numpy as np
import tensorflow as tf

from keras_speech.export.numpy_random import uniform
from keras_speech.export.signature import shared
from keras_speech.models.fastspeech2 import controls as fastspeech2_controls
from keras_speech.models.fastspeech2.fastspeech2 import FastSpeech2
from keras_speech.models.neural_hmm import generation as neural_hmm_generation
from keras_speech.models.neural_hmm.neural_hmm import NeuralHMMTTS
from keras_speech.models.tacotron import generation as tacotron_generation
from keras_speech.models.tacotron.tacotron import Tacotron
from keras_speech.models.tacotron2 import generation as tacotron2_generation
from keras_speech.models.tacotron2.tacotron2 import Tacotron2
from keras_speech.models.transformer_tts import generation as transformer_generation
from keras_speech.models.transformer_tts.transformer_tts import TransformerTTS
from keras_speech.voices.request import NEUTRAL

# Defaults of `generate`.
MAX_FRAMES, STOP_THRESHOLD, QUANTILE = 2000, 0.5, 0.5


class AcousticGraph:
    """What `model.generate` does, in whatever graph it is called; traced once.

    Args:
        model: `FastSpeech2`, `NeuralHMMTTS`, `Tacotron`, `Tacotron2` or `TransformerTTS`.

    Call arguments:
        tokens: int32 `(batch, tokens)`, none of them 0 long.
        lengths: int32 `(batch,)`, from 1.
        speaker: int32 `(batch,)`; a model of one speaker does not look at it.
        seed: int64 scalar.
        controls: dict of float32 `(batch,)`, of those of `speed`, `pitch` and `energy` that
            `self.controls` names. Those that are left out change nothing.

    Returns: dict as `generate`'s, of tensors: `mel`, `lengths`, `alignment`, `stopped`, and with
    `FastSpeech2` `durations`.

    Raises:
        ValueError: for another model.
    """

    def __init__(self, model):
        self.model = model
        self.controls = ()
        if isinstance(model, FastSpeech2):
            modeled = [name for name in ("pitch", "energy") if model.options[name]]
            self.controls = ("speed", *modeled)
            self._generate = self._fastspeech2
        elif isinstance(model, NeuralHMMTTS):
            self.controls = ("speed",)
            self._generate = self._neural_hmm
        elif isinstance(model, Tacotron | Tacotron2 | TransformerTTS):
            self._generate = self._decoded
        else:
            raise ValueError(
                "`acoustic_model` must be a FastSpeech2, NeuralHMMTTS, Tacotron, Tacotron2 or "
                f"TransformerTTS. Received: {type(model).__name__}."
            )
        rows = ([None], tf.int32)
        controls = [([None], tf.float32)] * len(self.controls)
        tokens, seed = ([None, None], tf.int32), ([], tf.int64)
        self._run = shared(self._traced, tokens, rows, rows, seed, *controls)

    def __call__(self, tokens, lengths, speaker, seed, controls=None):
        batch = tf.shape(tokens)[0]
        values = [
            (controls or {}).get(name, tf.fill([batch], tf.constant(NEUTRAL[name])))
            for name in self.controls
        ]
        return self._run(tokens, lengths, speaker, seed, *values)

    def _traced(self, tokens, lengths, speaker, seed, *values):
        arrays = [of_any_size(tokens), of_any_size(lengths)]
        if self.model.n_speakers:
            arrays.append(of_any_size(speaker))
        controls = {
            name: tf.broadcast_to(value[:, None], tf.shape(tokens))
            for name, value in zip(self.controls, values, strict=True)
        }
        result = self._generate(arrays, seed, **controls)
        longest = tf.reduce_max(result["lengths"])
        for name in {"mel", "alignment", "linear"} & result.keys():
            result[name] = result[name][:, :longest]
        return result

    def _fastspeech2(self, arrays, seed, **controls):
        shape = tf.shape(arrays[0])
        knobs = [
            of_any_size(controls.get(name, tf.fill(shape, NEUTRAL[name])))
            for name in ("speed", "pitch", "energy")
        ]
        adapted, result = fastspeech2_controls.read(self.model, *knobs, *arrays)
        durations = result["durations"]
        lengths = tf.reduce_sum(durations, axis=1)
        frames = tf.zeros([tf.reduce_max(lengths)])
        mel, weights = fastspeech2_controls.draw(
            self.model, of_any_size(adapted), of_any_size(durations), frames
        )
        return {
            "mel": mel,
            "lengths": lengths,
            "alignment": weights,
            "stopped": tf.ones_like(lengths, tf.bool),
            "durations": durations,
        }

    def _neural_hmm(self, arrays, seed, speed):
        decoder, chunk = self.model.decoder, neural_hmm_generation.CHUNK
        noise = self._noise(seed, sum(decoder.prenet_units) + 1, chunk)
        # Frames are those of the means: no deviation is drawn at the temperature 0.
        normal = tf.zeros([noise.shape[0], decoder.channels])
        settings = tf.constant([-np.log1p(-QUANTILE), 0.0, 0.0], tf.float32)
        return neural_hmm_generation.generate_mel(
            self.model, of_any_size(noise), of_any_size(normal), of_any_size(settings),
            tf.constant(MAX_FRAMES), of_any_size(speed), *arrays,
        )  # fmt: skip

    def _decoded(self, arrays, seed):
        model, chunk = self.model, tacotron2_generation.CHUNK
        scalars = [tf.constant(STOP_THRESHOLD), tf.constant(MAX_FRAMES)]
        if isinstance(model, Tacotron):
            generate = tacotron_generation.generate_spectrograms
        elif isinstance(model, Tacotron2):
            generate = tacotron2_generation.generate_mel
        else:
            generate, chunk = transformer_generation.generate_mel, transformer_generation.CHUNK
            scalars.append(tf.constant(transformer_generation.ANYWHERE))
        noise = of_any_size(self._noise(seed, sum(model.decoder.prenet_units), chunk))
        tokens, lengths, *speaker = arrays
        return generate(model, noise, tokens, lengths, *scalars, *speaker)

    def _noise(self, seed, width, chunk):
        steps = -(-MAX_FRAMES // self.model.reduction)
        steps = -(-steps // chunk) * chunk
        return tf.reshape(uniform(seed, steps * width), [steps, width])


def of_any_size(x):
    """`x` as a graph compiled for any shape sees it.

    `generate` compiles for arrays of any size. Where TensorFlow knows a size, it picks kernels that
    round otherwise, which a decoder or the phases of a vocoder magnify.
    """
    x = tf.convert_to_tensor(x)
    return tf.raw_ops.PlaceholderWithDefault(input=x, shape=[None] * x.shape.rank)


def require_tensorflow():
    """Raises `ValueError` on another backend, whose models are no graphs of TensorFlow."""
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "A model must be exported on the TensorFlow backend. "
            f"Received: {keras.backend.backend()}."
        )

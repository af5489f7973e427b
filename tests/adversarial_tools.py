"""A generator and a discriminator of a few weights, for tests of how they train."""

import keras
import numpy as np

import keras_speech as ks
from keras_speech.models.adversarial import AdversarialVocoder
from keras_speech.ops.mel import log_mel_spectrogram

SPEC = ks.AudioSpec(
    sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000.0, padding="hop"
)


class Judge(keras.layers.Layer):
    """Two convolutions: features and a score."""

    def build(self, shape):
        policy = self.dtype_policy
        self.first = keras.layers.Conv1D(4, 9, padding="same", activation="relu", dtype=policy)
        self.last = keras.layers.Conv1D(1, 9, padding="same", dtype=policy)
        self.first.build((None, None, 1))
        self.last.build((None, None, 4))

    def call(self, samples, training=None):
        maps = self.first(samples[..., None])
        score = self.last(maps)
        return [(score, [maps, score])]


class Generator(AdversarialVocoder):
    """One dense layer, from a frame to its samples."""

    def __init__(self, **options):
        super().__init__(SPEC, **options)
        self.dense = keras.layers.Dense(16, activation="tanh", dtype=self.dtype_policy)
        self.dense.build((None, None, 8))
        self.build()

    def build(self, shape=None):
        pass

    def call(self, inputs, training=None):
        return self.vocode(inputs["mel"])

    def vocode(self, mel, mask=None, noise_start=None, seed=None):
        samples = keras.ops.cast(self.dense(mel), "float32")
        return keras.ops.reshape(samples, (keras.ops.shape(mel)[0], -1))


def tones(rows=4, frames=24, seed=0):
    """Harmonic tones of random pitches and their mels, as `fit` takes them."""
    random = np.random.default_rng(seed)
    t = np.arange(frames * SPEC.hop_length) / SPEC.sample_rate
    hz = random.uniform(150, 600, (rows, 1))
    samples = sum(0.3 / k * np.sin(2 * np.pi * k * hz * t) for k in (1, 2, 3)).astype("float32")
    mel = np.asarray(log_mel_spectrogram(samples, SPEC))
    return {"mel": mel, "samples": samples}

"""With JAX as the backend of Keras, batches and maps are still made by TensorFlow, the same."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from data.conftest import write_lj_directory
from keras_speech.audio_spec import AudioSpec
from keras_speech.data import acoustic_batches, ljspeech
from keras_speech.data import augmentation as aug
from keras_speech.ops import pitch_shift, spec_augment, time_stretch
from keras_speech.text import CharacterTokenizer

TESTS = Path(__file__).parents[1]
RATE = 8000
SPEC = AudioSpec(sample_rate=RATE, n_fft=256, hop_length=100, win_length=200, n_mels=8, fmax=4000)


def everything(samples):
    """One chain of maps, and the ops outside a graph."""
    dataset = tf.data.Dataset.from_tensors({"samples": samples})
    maps = (
        aug.Gain((-9, -1), seed=1),
        aug.Noise((5, 20), seed=2),
        aug.MixTakes((5, 20), seed=3),
        aug.Pitch(RATE, (-1, 2), seed=4),
        aug.Tempo(RATE, 2600, (0.9, 1.1), seed=5),
        aug.RandomCrop(2000, seed=6),
        aug.AddMel(SPEC),
        aug.MelMasks(max_frames=5, max_bands=3, value=-20.0, seed=7),
    )
    (batch,) = aug.augmented(dataset, *maps)
    draws = np.full((2, 1, 2), 0.4, "float32")
    return {
        **{key: value.numpy() for key, value in batch.items()},
        "stretched": time_stretch.time_stretch(samples, 1.2, sample_rate=RATE),
        "shifted": pitch_shift.pitch_shift(samples, np.array([2.0, -1.0]), sample_rate=RATE),
        "masked": spec_augment.spec_augment(samples[:, :64].reshape(2, 8, 8), draws, draws),
    }


def voices():
    time = np.arange(3000) / RATE
    pulses = [sum(np.cos(2 * np.pi * f * k * time) / k for k in range(1, 9)) for f in (110, 170)]
    return 0.2 * np.stack(pulses).astype("float32")


def batches(directory):
    spec = AudioSpec(n_mels=20)
    return acoustic_batches(ljspeech(directory), spec, CharacterTokenizer(), 5, shuffle=False)


def arrays(dataset):
    (batch,) = dataset
    return {key: value.numpy() for key, value in batch.items()}


class Bands(keras.Model):
    """The smallest model that learns from the dicts: one number for each mel band."""

    def __init__(self):
        super().__init__()
        self.bands = self.add_weight(shape=(20,), initializer="zeros")

    def call(self, inputs):
        return inputs["mel"] - self.bands

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.mean(keras.ops.square(y_pred))


def check_fit(directory):
    model = Bands()
    model.compile(optimizer="sgd")
    losses = model.fit(batches(directory), epochs=2, verbose=0).history["loss"]
    assert losses[1] < losses[0]


ON_JAX = """
import sys
import keras, numpy as np
from data import test_on_jax as t
assert keras.backend.backend() == "jax"
corpus, out = sys.argv[1:]
np.savez(f"{out}/maps.npz", **t.everything(t.voices()))
np.savez(f"{out}/batch.npz", **t.arrays(t.batches(corpus)))
t.check_fit(corpus)
"""


@pytest.fixture(scope="module")
def on_jax(tmp_path_factory):
    """A folder with what a process with JAX has made, and with the `corpus` it made it of."""
    out = tmp_path_factory.mktemp("on_jax")
    finished = subprocess.run(
        [sys.executable, "-c", ON_JAX, write_lj_directory(out / "corpus"), out],
        env={
            **os.environ,
            "KERAS_BACKEND": "jax",
            "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)]),
        },
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    return out


def test_the_jax_backend_gets_the_same_batches(on_jax):
    here = arrays(batches(on_jax / "corpus"))
    with np.load(on_jax / "batch.npz") as there:
        assert sorted(there) == sorted(here)
        for key, value in here.items():
            np.testing.assert_allclose(there[key], value, atol=1e-4, err_msg=key)


def test_maps_on_jax_give_what_tensorflow_gives(on_jax):
    with np.load(on_jax / "maps.npz") as there:
        for key, value in everything(voices()).items():
            np.testing.assert_allclose(there[key], np.asarray(value), atol=2e-3, err_msg=key)

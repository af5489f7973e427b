"""With JAX as the backend of Keras, maps still run in TensorFlow's graph, with the same draws."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import augmentation as aug
from keras_speech.ops import pitch_shift, spec_augment, time_stretch

ROOT = Path(__file__).parents[3]
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


ON_JAX = """
import sys
import keras, numpy as np
from test_on_jax import everything, voices
assert keras.backend.backend() == "jax"
np.savez(sys.argv[1], **everything(voices()))
"""


def test_jax_gives_what_tensorflow_gives(tmp_path):
    finished = subprocess.run(
        [sys.executable, "-c", ON_JAX, tmp_path / "out.npz"],
        env={
            **os.environ,
            "KERAS_BACKEND": "jax",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)]),
        },
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    with np.load(tmp_path / "out.npz") as on_jax:
        for key, value in everything(voices()).items():
            np.testing.assert_allclose(on_jax[key], np.asarray(value), atol=2e-3, err_msg=key)

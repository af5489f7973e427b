"""With JAX as the backend of Keras, the ops still take the tensors of a `tf.data` map."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import signals
from keras_speech.audio_spec import AudioSpec
from keras_speech.ops import dynamic, griffin_lim, masking, mel, stft

TESTS = Path(__file__).parent.parent

ON_JAX = """
import sys
import keras, numpy as np, jax, tensorflow as tf
from keras_speech.audio_spec import AudioSpec
from keras_speech.layers.log_mel_spectrogram import LogMelSpectrogram
from keras_speech.ops import griffin_lim, masking, mel, stft

assert keras.backend.backend() == "jax"
samples = np.load(sys.argv[1])["samples"]
spec = AudioSpec()
frame = {"n_fft": 256, "hop_length": 64, "win_length": 256}
layer = LogMelSpectrogram(spec)

def features(x):
    log_mel = mel.log_mel_spectrogram(x, spec)
    return {
        "mel": log_mel,
        "layer": layer(x),
        "mask": masking.sequence_mask(tf.shape(log_mel)[:1] - 3, tf.shape(log_mel)[0]),
        "magnitude": mel.mel_to_magnitude(log_mel, spec),
        "inverse": stft.istft(*stft.stft(x, **frame), **frame),
        "phases": griffin_lim.griffin_lim(
            stft.magnitude(*stft.stft(x, **frame)), **frame, n_iter=2, seed=5),
    }

dataset = tf.data.Dataset.from_generator(
    lambda: iter([samples]), output_signature=tf.TensorSpec((None,), tf.float32))
(out,) = dataset.map(features)
assert all(isinstance(x, tf.Tensor) for x in out.values())
on_jax = mel.log_mel_spectrogram(samples, spec)
assert isinstance(on_jax, jax.Array) and isinstance(layer(samples[None]), jax.Array)

def loss(x):
    return mel.log_mel_spectrogram(x, spec).sum()

np.savez(sys.argv[2], on_jax=on_jax, gradient=jax.grad(loss)(np.zeros(2000, "float32")),
         jitted=jax.jit(lambda x: mel.log_mel_spectrogram(x, spec))(samples), **out)
"""


@pytest.fixture(scope="module")
def on_jax(tmp_path_factory):
    directory = tmp_path_factory.mktemp("jax")
    np.savez(directory / "in.npz", samples=signals.speech_like(0.5)[:-7])
    finished = subprocess.run(
        [sys.executable, "-c", ON_JAX, directory / "in.npz", directory / "out.npz"],
        env={**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": str(TESTS.parent)},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    with np.load(directory / "out.npz") as saved:
        return dict(saved)


def test_map_on_jax_gives_what_tensorflow_gives(on_jax):
    samples, spec = signals.speech_like(0.5)[:-7], AudioSpec()
    frame = {"n_fft": 256, "hop_length": 64, "win_length": 256}
    log_mel = mel.log_mel_spectrogram(samples, spec)
    spectrum = stft.stft(samples, **frame)
    expected = {
        "mel": log_mel,
        "layer": log_mel,
        "on_jax": log_mel,
        "jitted": log_mel,
        "mask": masking.sequence_mask([len(log_mel) - 3], len(log_mel)),
        "magnitude": mel.mel_to_magnitude(log_mel, spec),
        "inverse": stft.istft(*spectrum, **frame),
        "phases": griffin_lim.griffin_lim(stft.magnitude(*spectrum), **frame, n_iter=2, seed=5),
    }
    for name, value in expected.items():
        value = np.asarray(value)
        scale = max(1, np.abs(value).max())
        np.testing.assert_allclose(on_jax[name], value, atol=1e-4 * scale, err_msg=name)


def test_gradient_at_silence_is_zero_on_jax(on_jax):
    assert np.all(on_jax["gradient"] == 0)


def test_a_missing_function_is_named():
    with pytest.raises(AttributeError, match="No function 'stftt'"):
        _ = dynamic._tensorflow_ops().stftt

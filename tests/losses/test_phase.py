"""The phase loss: what it ignores, what it sees, and that silence does not break it."""

import numpy as np
import pytest
from keras import ops

from keras_speech.losses import phase_derivatives

FRAME = dict(n_fft=128, hop_length=32, win_length=128)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def naive(samples, predicted):
    """The definition, with NumPy's angles."""
    n_fft, hop = FRAME["n_fft"], FRAME["hop_length"]
    window = np.hanning(n_fft + 1)[:-1]

    def stft(x):
        x = np.pad(x, n_fft // 2, mode="reflect")
        frames = [x[i : i + n_fft] * window for i in range(0, len(x) - n_fft + 1, hop)]
        return np.fft.rfft(frames)

    total = 0.0
    real, fake = [stft(x) for x in (samples, predicted)]
    difference = np.angle(fake) - np.angle(real)
    for axis in (0, 1):
        weight = np.sqrt(np.delete(np.abs(real), 0, axis))
        total += (weight * (1 - np.cos(np.diff(difference, axis=axis)))).sum() / weight.sum()
    return total


def test_it_is_what_the_angles_say():
    samples, predicted = noise(1, 1024), noise(1, 1024, seed=1)
    found = float(phase_derivatives(samples, predicted, **FRAME))
    np.testing.assert_allclose(found, naive(samples[0], predicted[0]), rtol=1e-3)
    assert found > 1


@pytest.mark.parametrize("factor", [1.0, -1.0, 0.1])
def test_sign_and_level_do_not_matter(factor):
    samples = noise(2, 1024)
    assert float(phase_derivatives(samples, factor * samples, **FRAME)) < 1e-3


def test_another_pitch_matters():
    time = np.arange(4096) / 8000
    tone, other = (np.sin(2 * np.pi * f * time)[None].astype("float32") for f in (440, 460))
    assert float(phase_derivatives(tone, other, **FRAME)) > 0.05


def test_silence_has_a_finite_gradient():
    import tensorflow as tf

    predicted = tf.zeros((1, 512))
    with tf.GradientTape() as tape:
        tape.watch(predicted)
        loss = phase_derivatives(np.zeros((1, 512), "float32"), predicted, **FRAME)
    assert np.isfinite(ops.convert_to_numpy(tape.gradient(loss, predicted))).all()

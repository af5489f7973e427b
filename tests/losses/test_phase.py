"""The phase loss: what it ignores, what it sees, and that silence does not break it."""

import numpy as np
import tensorflow as tf

from keras_speech.losses import phase_derivatives


def spectra(seed=0):
    return np.random.default_rng(seed).normal(size=(2, 2, 12, 20)).astype("float32")


def test_it_is_what_the_angles_say():
    real, imag = spectra()
    phase = np.random.default_rng(1).uniform(-9, 9, real.shape)
    difference = phase - np.angle(real + 1j * imag)
    expected = 0.0
    for axis in (1, 2):
        weight = np.sqrt(np.delete(np.hypot(real, imag), 0, axis))
        expected += (weight * (1 - np.cos(np.diff(difference, axis=axis)))).sum() / weight.sum()
    assert expected > 1
    np.testing.assert_allclose(phase_derivatives(real, imag, phase), expected, rtol=1e-5)


def test_a_common_turn_and_whole_turns_do_not_matter():
    real, imag = spectra()
    turns = 2 * np.pi * np.random.default_rng(1).integers(-3, 4, real.shape)
    assert float(phase_derivatives(real, imag, np.arctan2(imag, real) + 0.7 + turns)) < 1e-5


def test_another_frequency_matters():
    real, imag = spectra()
    drift = 0.5 * np.arange(12)[:, None]
    found = phase_derivatives(real, imag, np.arctan2(imag, real) + drift)
    np.testing.assert_allclose(found, 1 - np.cos(0.5), rtol=1e-4)


def test_silence_has_a_finite_gradient():
    silence = np.zeros((1, 4, 5), "float32")
    phase = tf.ones((1, 4, 5))
    with tf.GradientTape() as tape:
        tape.watch(phase)
        loss = phase_derivatives(silence, silence, phase)
    assert np.isfinite(tape.gradient(loss, phase)).all()

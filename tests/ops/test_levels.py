"""Gains and mixtures."""

import numpy as np
import pytest

from keras_speech.ops.levels import amplify, mix_at_snr


def db(signal, other):
    return 10 * np.log10(np.mean(np.square(signal)) / np.mean(np.square(other)))


def noise(*shape, seed=0, scale=0.1):
    return np.random.default_rng(seed).normal(scale=scale, size=shape).astype("float32")


@pytest.mark.parametrize("scale, noise_scale", [(0.1, 0.1), (1e-3, 2.0), (0.2, 1e-4)])
def test_the_ratio_is_the_one_asked_for(scale, noise_scale):
    samples = noise(4, 3000, scale=scale)
    snr_db = np.array([-10.0, 0.0, 15.5, 40.0], "float32")
    mixed = np.asarray(mix_at_snr(samples, noise(4, 3000, seed=1, scale=noise_scale), snr_db))
    for row, clean, wanted in zip(mixed, samples, snr_db, strict=True):
        # Where full scale made the row quieter, it did so for both: what is left after the share
        # of the noise's direction is taken out tells the factor.
        direction = noise(4, 3000, seed=1)[list(snr_db).index(wanted)].astype("float64")
        basis = np.stack([clean.astype("float64"), direction], axis=1)
        share, *_ = np.linalg.lstsq(basis, row.astype("float64"), rcond=None)
        assert abs(db(share[0] * clean, share[1] * direction) - wanted) < 0.1
        assert np.abs(row).max() <= 1.0 + 1e-6


def test_a_sum_beyond_full_scale_is_made_quieter_as_a_whole():
    samples, hiss = noise(2000, scale=0.3).clip(-1, 1), noise(2000, seed=1)
    mixed = np.asarray(mix_at_snr(samples, hiss, -20.0))
    assert np.abs(mixed).max() == pytest.approx(1.0, abs=1e-6)


def test_silence_stays_silence_and_silence_changes_nothing():
    silence, samples = np.zeros((1, 100), "float32"), noise(1, 100)
    assert not np.asarray(mix_at_snr(silence, samples, 10.0)).any()
    np.testing.assert_array_equal(mix_at_snr(samples, silence, 10.0), samples)


def test_a_gain_is_in_db_and_stops_at_full_scale():
    samples = np.array([[0.1, -0.2], [0.1, -0.2], [0.1, -0.2], [0.0, 1.5]], "float32")
    changed = np.asarray(amplify(samples, np.array([6.0, -6.0, 20.0, 6.0])))
    expected = samples * [[10 ** (6 / 20)], [10 ** (-6 / 20)], [1 / 0.2], [1.0]]
    np.testing.assert_allclose(changed, expected, rtol=1e-5)

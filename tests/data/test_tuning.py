"""Frequencies of partials, and how far a note is off."""

import numpy as np
import pytest

import note_tones
from keras_speech.data import tuning


def test_peaks_have_the_frequency_and_level_of_sines():
    t = np.arange(8000) / 8000
    samples = np.sin(2 * np.pi * 441.3 * t) + 0.1 * np.sin(2 * np.pi * 1234.5 * t)
    hz, db = tuning.spectral_peaks(samples, 8000)
    np.testing.assert_allclose(hz, [441.3, 1234.5], atol=0.02)
    np.testing.assert_allclose(db, [0.0, -20.0], atol=0.05)


def test_range_and_floor_leave_peaks_out():
    t = np.arange(8000) / 8000
    samples = sum(np.sin(2 * np.pi * hz * t) for hz in (100, 500, 900))
    samples = samples + 0.05 * np.sin(2 * np.pi * 700 * t)
    hz, _ = tuning.spectral_peaks(samples, 8000, fmin=200, fmax=800, floor_db=-20)
    np.testing.assert_allclose(hz, [500], atol=0.1)


@pytest.mark.parametrize("n", [0, 1, 100])
def test_silence_has_no_peaks(n):
    assert [len(a) for a in tuning.spectral_peaks(np.zeros(n), 8000)] == [0, 0]


def test_several_channels_are_an_error():
    with pytest.raises(ValueError, match=r"`samples` must have shape \(samples,\)"):
        tuning.spectral_peaks(np.zeros((100, 2)), 8000)


@pytest.mark.parametrize("midi", [40, 60, 84])
@pytest.mark.parametrize("cents", [-40.0, 0.0, 23.0])
def test_tuning_is_measured(midi, cents):
    samples = note_tones.struck(midi, cents=cents, seed=0)
    assert tuning.tuning_cents(samples, note_tones.RATE, midi) == pytest.approx(cents, abs=1.0)


def test_stiffness_counts_little():
    """With B = 1e-3 the second and third partial are 2.6 and 6.9 cents sharp."""
    samples = note_tones.struck(60, stiffness=1e-3)
    assert 0.0 < tuning.tuning_cents(samples, note_tones.RATE, 60) < 4.0


def test_silence_is_in_tune():
    assert tuning.tuning_cents(np.zeros(8000), 8000, 60) == 0.0

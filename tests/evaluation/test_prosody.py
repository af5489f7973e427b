"""Spread, tempo and pauses of signals that are made to have them."""

import math

import numpy as np
import pytest

from keras_speech.evaluation import prosody

RATE, HOP = 16_000, 160


def noise(seconds, level_db, seed=0):
    samples = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    return samples * 10 ** (level_db / 20)


def measured(samples, f0_hz, n_words=4):
    return prosody.measure(samples, f0_hz, sample_rate=RATE, hop_length=HOP, n_words=n_words)


def test_pitch_spread_is_in_semitones_around_the_utterance_s_mean():
    """Half the frames 2 semitones above 150 Hz, half 2 below: a standard deviation of 2."""
    f0_hz = 150 * 2.0 ** (np.array([2, -2] * 50) / 12)
    f0_hz = np.concatenate([np.zeros(20), f0_hz])
    said = measured(noise(1.2, -20), f0_hz)
    assert said.f0_spread == pytest.approx(2.0)
    assert said.voiced_frames == 100


def test_utterances_at_two_pitches_spread_across_and_not_within():
    """Means 6 semitones up and down: a standard deviation of 6 across, none within."""
    both = [measured(noise(1.0, -20), np.full(100, hz)) for hz in (100.0, 200.0)]
    total = both[0] + both[1]
    assert total.f0_spread == pytest.approx(0.0, abs=1e-9)
    assert total.f0_spread_across == pytest.approx(6.0)


def test_spreads_pool_over_frames_of_all_utterances():
    """3 of 4 frames are 1 semitone off their mean, 1 of 4 is 3: sqrt((3 * 1 + 9) / 4)."""
    a = measured(noise(1.5, -20), 100 * 2.0 ** (np.array([1, -1] * 75) / 12))
    b = measured(noise(0.5, -20), 100 * 2.0 ** (np.array([3, -3] * 25) / 12))
    assert (a + b).f0_spread == pytest.approx(math.sqrt(3.0))


def test_energy_spread_is_of_speech_and_not_of_pauses():
    """Halves 10 dB apart: 5 dB around the mean; the pause between is below the threshold."""
    samples = np.concatenate([noise(1.0, -20), noise(0.5, -90), noise(1.0, -30)])
    said = measured(samples, np.zeros(251))
    # Frames of 160 samples of noise scatter by themselves: 10 / ln(10) * sqrt(2 / 160) = 0.5 dB.
    assert said.energy_spread == pytest.approx(math.hypot(5.0, 0.5), abs=0.1)


def test_level_moves_nothing():
    samples = np.concatenate([noise(1.0, -20), noise(1.0, -30)])
    a, b = (measured(gain * samples, np.full(201, 120.0)) for gain in (1.0, 0.03))
    assert a.energy_spread == pytest.approx(b.energy_spread)
    assert a.words_per_second == b.words_per_second


def test_pauses_are_counted_and_taken_off_the_tempo():
    """Two of 0.3 and 0.2 s; what is shorter than 0.1 s is a stop; silent edges are none."""
    quiet = np.zeros
    parts = [quiet(8000), noise(0.5, -20), quiet(4800), noise(0.5, -20), quiet(3200)]
    parts += [noise(0.5, -20), quiet(960), noise(0.44, -20), quiet(8000)]
    said = measured(np.concatenate(parts), np.zeros(400), n_words=8)
    assert said.pauses == 2
    assert said.pause_seconds == pytest.approx(0.5, abs=0.02)
    assert said.speech_seconds == pytest.approx(2.0, abs=0.02)
    assert said.words_per_second == pytest.approx(4.0, abs=0.05)
    assert said.to_dict()["pause_seconds"] == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(100), np.zeros(16_000)])
def test_silence_has_no_prosody(samples):
    said = measured(samples, np.zeros(3), n_words=2)
    assert said.words == 2 and said.speech_seconds == 0.0
    assert math.isnan(said.f0_spread) and math.isnan(said.words_per_second)
    assert math.isnan(said.to_dict()["energy_spread_db"])
    voiced = measured(noise(1.0, -20), np.full(100, 90.0))
    assert (said + voiced).f0_spread == pytest.approx(0.0, abs=1e-9)

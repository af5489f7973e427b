"""Distances of copies from recordings, against closed forms."""

import numpy as np
import pytest

from keras_speech import losses
from keras_speech.metrics import (
    largest_step,
    log_spectral_distance,
    multi_resolution_stft_distance,
)


def noise(n=6000, seed=0):
    return 0.1 * np.random.default_rng(seed).standard_normal(n)


def test_log_spectral_distance_of_a_gain_is_the_gain():
    samples = noise()
    assert log_spectral_distance(samples, 0.5 * samples) == pytest.approx(
        20 * np.log10(2), rel=1e-4
    )


def test_log_spectral_distance_equals_the_formula():
    """Frame by frame; reflected ends, Hann window, floor 40 dB below the largest magnitude."""
    samples, copy = noise(), noise(seed=1)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(256) / 256)

    def spectrum(x):
        x = np.pad(x, 128, "reflect")
        starts = range(0, len(x) - 255, 64)
        return np.stack([abs(np.fft.rfft(x[i : i + 256] * window)) for i in starts])

    ours, theirs = spectrum(samples), spectrum(copy)
    floor = ours.max() / 100
    decibels = 20 * np.log10(np.maximum(ours, floor) / np.maximum(theirs, floor))
    expected = np.mean(np.sqrt(np.mean(decibels**2, axis=1)))
    got = log_spectral_distance(samples, copy, n_fft=256, hop_length=64, floor_db=-40)
    assert got == pytest.approx(expected, rel=1e-5)


def test_what_is_below_the_floor_does_not_count():
    samples = np.concatenate([noise(), np.zeros(6000)])
    faint = np.concatenate([np.zeros(6000), 1e-6 * noise(seed=1)])
    assert log_spectral_distance(samples, samples + faint) < 1e-3
    assert log_spectral_distance(samples, samples + faint, floor_db=-160) > 1.0


def test_silence_is_at_no_distance_from_silence():
    assert log_spectral_distance(np.zeros(5000), np.zeros(5000)) == 0.0
    assert multi_resolution_stft_distance(np.zeros(5000), np.zeros(5000)) == 0.0


def test_phases_do_not_count():
    samples = noise()
    assert log_spectral_distance(samples, -samples) == 0.0
    assert multi_resolution_stft_distance(samples, -samples) == 0.0


def test_the_distance_is_the_loss():
    samples, copy = noise(), noise(seed=1)
    for options in ({}, {"resolutions": ((64, 16, 64),)}):
        expected = losses.multi_resolution_stft(samples[None], copy[None], **options)
        got = multi_resolution_stft_distance(samples, copy, **options)
        assert got == pytest.approx(float(expected))


def test_largest_step_finds_a_planted_click():
    samples = np.sin(2 * np.pi * 100 * np.arange(8000) / 8000)
    smooth = 2 * np.sin(np.pi * 100 / 8000)  # of a sine: 2 sin(pi f / rate), at its zeros
    assert largest_step(samples) == pytest.approx(smooth, rel=1e-2)
    samples[4321:] += 0.7
    assert largest_step(samples) == pytest.approx(0.7, abs=smooth)
    assert largest_step(samples, positions=[4321]) == largest_step(samples)
    assert largest_step(samples, positions=[4320, 4322]) <= smooth
    assert largest_step([0.3]) == largest_step(samples, positions=[]) == 0.0


def test_what_does_not_fit_is_named():
    for measure in (log_spectral_distance, multi_resolution_stft_distance):
        with pytest.raises(ValueError, match=r"shapes \(6000,\) and \(5999,\)"):
            measure(noise(), noise(5999))
        with pytest.raises(ValueError, match="must be finite"):
            measure(noise(), np.full(6000, np.nan))
    with pytest.raises(ValueError, match="`floor_db` must be negative"):
        log_spectral_distance(noise(), noise(), floor_db=80)
    with pytest.raises(ValueError, match="between 1 and 5999"):
        largest_step(noise(), positions=[0])

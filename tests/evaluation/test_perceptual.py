"""What the packages' scores become: at any rate, of any length, of silence."""

import math
import sys

import numpy as np
import pytest

from keras_speech.evaluation import pesq_wb, stoi
from signals import speech_like

RATE = 22050


def noisy(samples, amount, seed=0):
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    return samples + amount * noise


def test_an_equal_copy_scores_highest():
    """P.862.2 maps the raw score of 4.5 to 0.999 + 4 / (1 + exp(-1.3669 * 4.5 + 3.8224))."""
    samples = speech_like(1.5)
    highest = 0.999 + 4.0 / (1.0 + np.exp(-1.3669 * 4.5 + 3.8224))
    assert pesq_wb(samples, samples, RATE) == pytest.approx(highest, abs=1e-3)
    assert stoi(samples, samples, RATE) == pytest.approx(1.0)
    assert stoi(samples, samples, RATE, extended=True) == pytest.approx(1.0)


@pytest.mark.parametrize("score", [pesq_wb, stoi])
def test_more_noise_scores_lower(score):
    samples = speech_like(1.5)
    scores = [score(samples, noisy(samples, amount), RATE) for amount in (0.001, 0.01, 0.1)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] - scores[2] > 0.1


@pytest.mark.parametrize("score", [pesq_wb, stoi])
def test_level_changes_nothing(score):
    samples = speech_like(1.5)
    copy = noisy(samples, 0.01)
    assert score(samples, 0.3 * copy, RATE) == pytest.approx(score(samples, copy, RATE), abs=0.02)


@pytest.mark.parametrize("score", [pesq_wb, stoi])
def test_rate_changes_little(score):
    """48 kHz holds what 16 kHz and 10 kHz hold, and what neither measure hears."""
    import soxr

    samples = speech_like(1.5, sample_rate=16_000)
    copy = noisy(samples, 0.01)
    resampled = [soxr.resample(each.astype("float64"), 16_000, 48_000) for each in (samples, copy)]
    assert score(*resampled, 48_000) == pytest.approx(score(samples, copy, 16_000), abs=0.05)


def test_many_utterances_end_in_a_score():
    """PESQ's code has room for 50 utterances and writes beyond; here are 80, in 40 s."""
    rng = np.random.default_rng(0)
    burst = np.concatenate([0.1 * rng.standard_normal(4000), np.zeros(4000)])
    samples = np.tile(burst, 80)
    once = np.tile(burst, 20)
    score = pesq_wb(samples, noisy(samples, 0.01), 16_000)
    assert score == pytest.approx(pesq_wb(once, noisy(once, 0.01), 16_000), abs=0.2)


def test_what_cannot_be_scored_is_nan():
    samples = speech_like(1.5)
    silence = np.zeros_like(samples)
    blip = samples[2000:6000]  # 0.18 s
    for score in (pesq_wb, stoi):
        assert math.isnan(score(silence, samples, RATE))
        assert math.isnan(score(silence, silence, RATE))
        assert math.isnan(score(blip, blip, RATE))
    # STOI wants 30 frames of 12.8 ms that are loud enough: 0.4 s.
    mostly_silent = np.where(np.arange(len(samples)) < 6000, samples, 0.0)
    assert math.isnan(stoi(mostly_silent, mostly_silent, RATE))


def test_a_silent_copy_scores_lowest():
    samples = speech_like(1.5)
    silence = np.zeros_like(samples)
    assert pesq_wb(samples, silence, RATE) == 1.0
    assert stoi(samples, silence, RATE) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("score", [pesq_wb, stoi])
def test_signals_that_do_not_fit(score):
    samples = speech_like(0.5)
    with pytest.raises(ValueError, match="must both have the shape"):
        score(samples, samples[:-1], RATE)
    with pytest.raises(ValueError, match="must be finite"):
        score(samples, np.full_like(samples, np.inf), RATE)


@pytest.mark.parametrize("package, score", [("pesq", pesq_wb), ("pystoi", stoi)])
def test_a_missing_package_says_what_to_install(package, score, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    samples = speech_like(0.5)
    with pytest.raises(ImportError, match=r"pip install 'keras_speech\[evaluate\]'"):
        score(samples, samples, RATE)

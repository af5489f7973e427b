"""The pitch trackers on signals whose pitch is known."""

import sys

import numpy as np
import pytest

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import F0Options, track_f0

# Cents: StoneMask finds a steady pitch to a few; pYIN's candidates lie 20 apart.
TRACKERS = {"world": 5, "pyin": 21}


@pytest.mark.parametrize("sample_rate", [8_000, 22_050])
@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_pulse_train_has_its_pitch_and_silence_has_none(tracker, sample_rate):
    seconds = np.arange(sample_rate) / sample_rate
    tone = sum(np.cos(2 * np.pi * 180 * k * seconds) / k for k in range(1, 15))
    samples = np.concatenate([np.zeros(sample_rate), tone, np.zeros(sample_rate)])
    hop_length = sample_rate // 80
    f0_hz = track_f0(
        samples, sample_rate, hop_length=hop_length, options=F0Options(tracker=tracker)
    )
    assert f0_hz.dtype == np.float32 and f0_hz.shape == (1 + len(samples) // hop_length,)
    middle = f0_hz[len(f0_hz) // 3 + 8 : 2 * len(f0_hz) // 3 - 8]
    assert np.all(np.abs(1200 * np.log2(middle / 180.0)) < TRACKERS[tracker])
    assert not f0_hz[: len(f0_hz) // 3 - 8].any() and not f0_hz[2 * len(f0_hz) // 3 + 8 :].any()


def glide(sample_rate, seconds):
    """Pulses whose pitch rises from 100 Hz by 100 Hz a second."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    phase = 2 * np.pi * (100 * time + 50 * time**2)
    return sum(np.cos(k * phase) / k for k in range(1, 15))


@pytest.mark.parametrize("padding", ["center", "hop"])
@pytest.mark.parametrize("tracker", TRACKERS)
def test_frames_are_centered_as_the_spectrogram_s(tracker, padding):
    """Half a hop of this rising pitch is 4 Hz; the tracks are within 1 Hz on average."""
    spec = AudioSpec(n_fft=2048, hop_length=1764, win_length=2048, padding=padding)
    samples = glide(spec.sample_rate, 2.0)
    f0_hz = track_f0(
        samples,
        spec.sample_rate,
        hop_length=spec.hop_length,
        padding=padding,
        options=F0Options(tracker=tracker),
    )
    assert len(f0_hz) == spec.n_frames(len(samples))
    shift = 0.5 if padding == "hop" else 0.0
    truth = 100 + 100 * (np.arange(len(f0_hz)) + shift) * spec.hop_length / spec.sample_rate
    inner = slice(4, -4)
    assert abs(np.mean(f0_hz[inner] - truth[inner])) < 1.0


@pytest.mark.parametrize("padding", ["center", "hop"])
@pytest.mark.parametrize("tracker", TRACKERS)
@pytest.mark.parametrize("n_samples", [1, 255, 256, 1000])
def test_a_short_sound_has_as_many_frames_as_its_spectrogram(tracker, padding, n_samples):
    f0_hz = track_f0(
        0.1 * np.random.default_rng(0).normal(size=n_samples),
        22_050,
        hop_length=256,
        padding=padding,
        options=F0Options(tracker=tracker),
    )
    assert len(f0_hz) == AudioSpec(padding=padding).n_frames(n_samples)
    assert np.isfinite(f0_hz).all()


def test_level_does_not_matter():
    samples = glide(22_050, 1.0)
    loud, quiet = (track_f0(gain * samples, 22_050, hop_length=256) for gain in (0.9, 0.01))
    np.testing.assert_allclose(loud, quiet, rtol=1e-3)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"tracker": "crepe"}, "`tracker` must be one of 'world', 'pyin'. Received: 'crepe'"),
        ({"fmin": 500.0}, "less than `fmax`. Received: fmin=500.0, fmax=500.0"),
        ({"fmin": 0.0}, "`fmin` must be positive"),
    ],
)
def test_options_that_do_not_fit_are_an_error(options, message):
    with pytest.raises(ValueError, match=message):
        F0Options(**options)


@pytest.mark.parametrize(
    "tracker, package, extra", [("world", "pyworld", "pitch"), ("pyin", "librosa", "evaluate")]
)
def test_a_missing_package_says_what_to_install(monkeypatch, tracker, package, extra):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf'needs {package}: .*"keras-speech\[{extra}\]"'):
        track_f0(np.zeros(100), 22_050, hop_length=256, options=F0Options(tracker=tracker))

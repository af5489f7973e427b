"""The pitch tracker on signals whose pitch is known."""

import sys

import numpy as np
import pytest

from keras_speech.evaluation.f0_tracking import track_f0


@pytest.mark.parametrize("sample_rate", [8_000, 22_050])
def test_a_pulse_train_has_its_pitch_and_noise_has_none(sample_rate):
    """Within the tracker's 20 cents; silence and noise before and after are unvoiced."""
    seconds = np.arange(sample_rate) / sample_rate
    tone = sum(np.cos(2 * np.pi * 180 * k * seconds) / k for k in range(1, 15))
    samples = np.concatenate([np.zeros(sample_rate), tone, np.zeros(sample_rate)])
    hop_length = sample_rate // 80
    f0_hz = track_f0(samples, sample_rate, hop_length=hop_length)
    assert f0_hz.shape == (1 + len(samples) // hop_length,)
    middle = f0_hz[len(f0_hz) // 3 + 8 : 2 * len(f0_hz) // 3 - 8]
    assert np.all(np.abs(1200 * np.log2(middle / 180.0)) < 21)
    assert not f0_hz[: len(f0_hz) // 3 - 8].any()


def test_shorter_than_a_frame():
    assert track_f0(np.zeros(10), 22_050, hop_length=256).ndim == 1


def test_missing_librosa_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "librosa", None)
    with pytest.raises(ImportError, match=r'pip install "keras-speech\[evaluate\]"'):
        track_f0(np.zeros(100), 22_050, hop_length=256)

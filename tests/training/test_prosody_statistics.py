import numpy as np
import pytest

from keras_speech.training import prosody_statistics


def test_they_are_those_of_voiced_and_of_real_frames():
    rng = np.random.default_rng(0)
    f0_hz = np.exp(rng.normal(5.0, 0.2, (4, 500))).astype("float32")
    f0_hz[:, ::3] = 0.0
    mel = rng.normal(-4.0, 1.0, (4, 500, 1)).astype("float32")  # one band: its value is the energy
    mel[:, 400:] = 50.0
    batch = {"f0_hz": f0_hz, "mel": mel, "mel_lengths": np.full(4, 400)}
    found = prosody_statistics([batch, batch])
    expected = {"pitch_mean": 5.0, "pitch_scale": 0.2, "energy_mean": -4.0, "energy_scale": 1.0}
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=0.06), name


def test_recordings_without_a_voice_are_refused():
    batch = {"f0_hz": np.zeros((1, 9)), "mel": np.zeros((1, 9, 2)), "mel_lengths": np.array([9])}
    with pytest.raises(ValueError, match="`batches` must hold voiced frames"):
        prosody_statistics([batch])

"""Mel-cepstral distortion against closed forms."""

import numpy as np
import pytest

from keras_speech.metrics import mel_cepstral_distortion, mel_cepstrum

N_MELS = 80
BANDS = np.arange(N_MELS) + 0.5


def log_mel(frames=30, seed=0):
    return np.random.default_rng(seed).normal(size=(frames, N_MELS))


def test_cepstrum_is_the_scaled_cosine_transform():
    """By SciPy: its type-2 transform is twice the sum, so ours is that divided by the bands."""
    from scipy import fft

    mel = log_mel()
    expected = fft.dct(mel, type=2, axis=1)[:, 1:14] / N_MELS
    np.testing.assert_allclose(mel_cepstrum(mel), expected, atol=1e-12)


def test_cepstrum_finds_a_planted_ripple():
    mel = 5.0 + 0.7 * np.cos(np.pi * 4 * BANDS / N_MELS)[None]
    expected = np.zeros((1, 13))
    expected[0, 3] = 0.7
    np.testing.assert_allclose(mel_cepstrum(mel), expected, atol=1e-12)


def test_one_ripple_has_the_distance_of_the_formula():
    """10 / ln(10) * sqrt(2 * 0.3^2) = 1.8425... dB."""
    flat = np.zeros((20, N_MELS))
    ripple = flat + 0.3 * np.cos(np.pi * 2 * BANDS / N_MELS)
    expected = 10 / np.log(10) * np.sqrt(2 * 0.3**2)
    assert mel_cepstral_distortion(flat, ripple) == pytest.approx(expected)


def test_all_coefficients_give_the_spectral_difference_in_db():
    """Parseval: the RMS over bands of 20 log10 of the ratio of magnitudes, means taken away."""
    a, b = log_mel(seed=0), log_mel(seed=1)
    path = np.stack([np.arange(30)] * 2, axis=1)
    difference = 20 / np.log(10) * (a - b)
    difference -= difference.mean(axis=1, keepdims=True)
    # The cosine of the highest order, N_MELS, is 0 on every band: none is missing.
    expected = np.mean(np.sqrt(np.mean(difference**2, axis=1)))
    got = mel_cepstral_distortion(a, b, n_coefficients=N_MELS - 1, path=path)
    assert got == pytest.approx(expected)


def test_level_and_tempo_change_nothing():
    mel = log_mel()
    slower = np.repeat(mel, 2, axis=0)
    assert mel_cepstral_distortion(mel, slower + 2.0) == pytest.approx(0.0, abs=1e-9)


def test_symmetry():
    a, b = log_mel(20, seed=0), log_mel(25, seed=1)
    assert mel_cepstral_distortion(a, b) == pytest.approx(mel_cepstral_distortion(b, a))


@pytest.mark.parametrize("n_coefficients", [0, N_MELS])
def test_too_many_or_few_coefficients(n_coefficients):
    with pytest.raises(ValueError, match="`n_coefficients` must be at least 1"):
        mel_cepstrum(log_mel(), n_coefficients)


def test_aligned_frames_are_not_warped():
    """A copy a frame late: warping pairs all but the ends, the aligned form does not."""
    a = log_mel(31)
    late = np.concatenate([a[:1], a[:-1]])
    cepstra = mel_cepstrum(a) - mel_cepstrum(late)
    expected = np.mean(10 / np.log(10) * np.sqrt(2 * np.sum(cepstra**2, axis=1)))
    aligned = mel_cepstral_distortion(a, late, aligned=True)
    assert aligned == pytest.approx(expected)
    assert mel_cepstral_distortion(a, late) < aligned / 4


def test_aligned_spectrograms_of_different_length():
    with pytest.raises(ValueError, match="Received: 30 and 29 frames"):
        mel_cepstral_distortion(log_mel(30), log_mel(29), aligned=True)
    with pytest.raises(ValueError, match="`path` must be None"):
        mel_cepstral_distortion(log_mel(), log_mel(), aligned=True, path=[[0, 0]])

import numpy as np
import pytest

from keras_speech import AudioSpec
from keras_speech.models.waveglow import denoiser
from models.waveglow.tiny_waveglow import SPEC

X = np.random.default_rng(0).normal(size=(2, 80)).astype("float32")
SPECS = {
    "overlap of 4": SPEC,
    "overlap of 2": SPEC.replace(hop_length=16),
    "overlap of 3.2": SPEC.replace(hop_length=10),
}


def naive(samples, bias, n_fft, hop):
    """Frame by frame in NumPy, of one row, with as many zeros on both sides as one likes."""
    x = np.pad(samples.astype("float64"), 8 * n_fft)
    total, sums = np.zeros(len(x)), np.zeros(len(x))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    start = 8 * n_fft % hop
    for i in range(start, len(x) - n_fft, hop):
        spectrum = np.fft.rfft(window * x[i : i + n_fft])
        left = np.maximum(np.abs(spectrum) - bias, 0) * np.exp(1j * np.angle(spectrum))
        total[i : i + n_fft] += window * np.fft.irfft(left, n_fft)
        sums[i : i + n_fft] += window**2
    return (total / np.maximum(sums, 1e-8))[8 * n_fft : -8 * n_fft]


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_magnitudes_lose_the_bias_and_phases_stay(spec):
    bias = np.linspace(0, 2, spec.n_freqs).astype("float32")
    n_fft, hop = denoiser.frame_settings(spec).values()
    expected = [naive(row, bias, n_fft, hop) for row in X]
    np.testing.assert_allclose(denoiser.subtract(X, bias, spec), expected, atol=1e-5)


def test_nothing_to_subtract_changes_nothing():
    zeros = np.zeros(SPEC.n_freqs, "float32")
    np.testing.assert_allclose(denoiser.subtract(X, zeros, SPEC), X, atol=1e-5)
    np.testing.assert_array_equal(denoiser.subtract(0 * X, zeros, SPEC), 0 * X)


def test_frames_overlap_and_divide_the_hop():
    assert denoiser.frame_settings(AudioSpec()) == {"n_fft": 1024, "hop_length": 256}
    assert denoiser.frame_settings(SPECS["overlap of 2"])["hop_length"] == 8
    assert denoiser.frame_settings(AudioSpec(hop_length=300))["hop_length"] == 150


def test_the_bias_is_the_mean_magnitude():
    """Of a tone whose frequency is a bin's: window's sum / 2 there, in frames full of it."""
    tone = np.sin(2 * np.pi * 4 * np.arange(3200) / 32)[None].astype("float32")
    spectrum = denoiser.bias_spectrum(tone, SPEC)
    assert spectrum.argmax() == 4
    np.testing.assert_allclose(spectrum[4], 16 / 2, rtol=0.03)

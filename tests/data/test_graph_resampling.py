"""Resampling by tensorflow-io: as long as soxr's, in its place, and as near as promised."""

import numpy as np
import pytest
import soxr
import tensorflow as tf

from keras_speech.data.graph_resampling import _greatest_common_divisor, resample_in_graph

RATES = [
    (44100, 22050),
    (48000, 16000),
    (16000, 22050),
    (22050, 16000),
    (8000, 22050),
    (48000, 22050),
    (22050, 44100),
]


def speech_like(rate, highest_hz, seconds=1.3, seed=0):
    """Noise that falls by 6 dB an octave from 200 Hz on, and ends at `highest_hz`."""
    n_samples = int(rate * seconds)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(n_samples))
    hz = np.fft.rfftfreq(n_samples, 1 / rate)
    samples = np.fft.irfft(spectrum * (hz < highest_hz) / np.maximum(hz, 200), n_samples)
    return (0.5 * samples / np.abs(samples).max()).astype("float32")


def snr_db(expected, found):
    """Of `found`, whose noise is all that is not `expected`."""
    expected, found = np.float64(expected), np.float64(found)
    return 10 * np.log10(np.sum(expected**2) / np.sum((expected - found) ** 2))


@pytest.mark.parametrize("rate_in, rate_out", RATES)
def test_it_agrees_with_soxr_from_the_first_sample_to_the_last(tensorflow_io, rate_in, rate_out):
    samples = speech_like(rate_in, highest_hz=0.9 * min(rate_in, rate_out) / 2)
    found = resample_in_graph(samples, rate_in, rate_out).numpy()
    assert snr_db(soxr.resample(samples, rate_in, rate_out), found) > 50


@pytest.mark.parametrize("rate_in, rate_out", RATES)
def test_it_agrees_nearly_exactly_below(tensorflow_io, rate_in, rate_out):
    """Away from the ends, where each filter takes in something of the silence around."""
    samples = speech_like(rate_in, highest_hz=0.8 * min(rate_in, rate_out) / 2)
    found = resample_in_graph(samples, rate_in, rate_out).numpy()[500:-500]
    assert snr_db(soxr.resample(samples, rate_in, rate_out)[500:-500], found) > 90


@pytest.mark.parametrize("rate_in, rate_out", RATES)
def test_it_is_as_long_as_by_soxr(tensorflow_io, rate_in, rate_out):
    resample = tf.function(
        lambda samples: resample_in_graph(samples, rate_in, rate_out),
        input_signature=[tf.TensorSpec([None], "float32")],
    )
    # 480 and 800 samples are 220.5 and 367.5 at 22.05 kHz: soxr rounds those down.
    for n_samples in (1, 2, 3, 5, 7, 147, 441, 480, 800, 1000):
        samples = np.ones(n_samples, "float32")
        expected = len(soxr.resample(samples, rate_in, rate_out))
        assert len(resample(samples)) == expected, n_samples


def test_divisors_are_the_greatest():
    for a, b in ((44100, 48000), (7, 13), (16000, 16000), (22050, 11025)):
        assert _greatest_common_divisor(tf.constant(a), tf.constant(b)) == np.gcd(a, b)

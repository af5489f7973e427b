"""A signal played at another speed, against a closed form and soxr."""

import numpy as np
import pytest
import soxr

from keras_speech.ops.change_speed import change_speed

RATE = 16000


def tones(n, speed=1.0, start=0.0):
    """Tones of 110 to 6400 Hz, played `speed` times as fast."""
    time = (start + np.arange(n) * speed) / RATE
    parts = [np.sin(2 * np.pi * hz * time + hz) for hz in (110.0, 733.0, 2950.0, 6400.0)]
    return np.sum(parts, axis=0) / 4


def snr_db(signal, other):
    return 10 * np.log10(np.sum(signal**2) / np.sum((signal - other) ** 2))


@pytest.mark.parametrize("speed", [0.5, 0.84, 1.0, 2 ** (1 / 12)])
def test_is_the_same_tones_at_other_places(speed):
    played = np.asarray(change_speed(tones(8000).astype("float32"), speed))
    assert len(played) == int(np.ceil(8000 / speed))
    inner = slice(100, -100)
    assert snr_db(tones(len(played), speed)[inner], played[inner]) > 55


def test_what_would_fold_back_is_filtered_out():
    """At twice the speed 6400 Hz would be 12800, which folds to 3200."""
    played = np.asarray(change_speed(tones(8000).astype("float32"), 2.0))
    time = np.arange(4000) * 2.0 / RATE
    expected = sum(np.sin(2 * np.pi * hz * time + hz) for hz in (110.0, 733.0, 2950.0)) / 4
    assert snr_db(expected[100:-100], played[100:-100]) > 55


@pytest.mark.parametrize("speed", [0.9, 1.1])
def test_equals_soxr_on_noise_below_the_edge_of_the_filter(speed):
    spectrum = np.fft.rfft(np.random.default_rng(0).normal(size=16000))
    spectrum[int(0.8 * len(spectrum)) :] = 0
    noise = np.fft.irfft(spectrum)
    ours = np.asarray(change_speed(noise.astype("float32"), speed))
    theirs = soxr.resample(noise, RATE * speed, RATE, quality="VHQ")
    inner = slice(200, min(len(ours), len(theirs)) - 200)
    assert snr_db(theirs[inner], ours[inner]) > 45


def test_stays_exact_in_long_signals():
    """Places are known to far less than a sample, a minute on."""
    n = 2**20
    signal = np.zeros(n + 500, "float32")
    begin = n - 2000
    signal[begin:] = tones(2500).astype("float32")
    speed = np.float32(1.0123)  # what the tensor holds
    length = int(n / speed)
    played = np.asarray(change_speed(signal, np.array([speed]), length=length, fastest=1.1))
    place = np.arange(length - 1000, length - 100)
    expected = tones(len(place), float(speed), start=place[0] * float(speed) - begin)
    assert snr_db(expected, played[place]) > 55


def test_rows_have_speeds_of_their_own_and_end_in_silence():
    signal = tones(1000).astype("float32")
    rows = np.asarray(change_speed(np.stack([signal] * 2), np.array([0.8, 1.25]), length=1250))
    for row, speed in zip(rows, (0.8, 1.25), strict=True):
        alone = np.asarray(change_speed(signal, np.array([speed]), length=1250))
        np.testing.assert_allclose(row, alone, atol=1e-6)
    assert not rows[1, 840:].any() and rows[1, 790:800].any()  # 1000 / 1.25 samples, and the filter


def test_bad_arguments_are_named():
    signal = np.zeros(100, "float32")
    with pytest.raises(ValueError, match="`speed` must lie between 0.5 and 2.0. Received: speed=3"):
        change_speed(signal, 3)
    with pytest.raises(ValueError, match="`length` must be given"):
        change_speed(signal, np.array([1.0]))

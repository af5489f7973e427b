"""Tempo and pitch, each changed without the other."""

import numpy as np
import pytest
import tensorflow as tf

import signals
from keras_speech.data import track_f0
from keras_speech.ops.pitch_shift import pitch_shift
from keras_speech.ops.time_stretch import time_stretch

RATE = 16000


def voice(f0_hz, seconds=1.0):
    """Pulses, as of a voice, at a steady pitch."""
    time = np.arange(round(seconds * RATE)) / RATE
    harmonics = range(1, int(0.4 * RATE / f0_hz))
    return sum(0.3 * np.cos(2 * np.pi * f0_hz * k * time) / k for k in harmonics).astype("float32")


def pitch_of(samples):
    """Median pitch in Hz, away from the ends."""
    f0_hz = track_f0(np.asarray(samples), RATE, hop_length=160)[10:-10]
    assert (f0_hz > 0).mean() > 0.95
    return np.median(f0_hz[f0_hz > 0])


def crest(samples):
    return np.abs(samples).max() / np.sqrt(np.mean(np.square(samples)))


@pytest.mark.parametrize("tempo", [0.7, 0.93, 1.2, 1.6])
def test_tempo_keeps_the_pitch(tempo):
    voices = np.stack([voice(f0_hz) for f0_hz in (85.0, 130.0, 317.0)])
    stretched = np.asarray(time_stretch(voices, tempo, sample_rate=RATE))
    assert stretched.shape == (3, round(RATE / tempo))
    for row, f0_hz in zip(stretched, (85.0, 130.0, 317.0), strict=True):
        assert abs(pitch_of(row) / f0_hz - 1) < 0.01


@pytest.mark.parametrize("tempo", [0.8, 1.3])
def test_tempo_moves_what_happens(tempo):
    """A silence between two voices begins and ends where the tempo puts it, within 15 ms."""
    samples = voice(140.0, seconds=1.2)
    samples[6000:12000] = 0
    stretched = np.asarray(time_stretch(samples, tempo, sample_rate=RATE))
    silent = np.flatnonzero(np.convolve(np.abs(stretched), np.ones(80), "same") < 1e-3)
    silent = silent[(silent > 2000) & (silent < len(stretched) - 2000)]
    for found, place in ((silent.min(), 6000), (silent.max(), 12000)):
        assert abs(found - place / tempo) < 0.015 * RATE


def test_tempo_keeps_the_shape_of_the_wave():
    """Pulses stay pulses; a phase vocoder without locked phases would smear them."""
    samples = voice(110.0)
    for tempo in (0.8, 1.25):
        stretched = np.asarray(time_stretch(samples, tempo, sample_rate=RATE))
        assert crest(stretched[800:-800]) > 0.95 * crest(samples)


def test_tempo_keeps_the_long_term_spectrum_of_speech():
    """Mean power of thirds of an octave above 100 Hz, within 1.5 dB."""
    samples = signals.speech_like(2.0, RATE)
    stretched = np.asarray(time_stretch(samples, 1.2, sample_rate=RATE))

    def bands(x):
        power = np.abs(np.fft.rfft(x)) ** 2 / len(x) ** 2 * len(samples)
        hz = np.fft.rfftfreq(len(x), 1 / RATE)
        edges = 100 * 2 ** (np.arange(19) / 3)
        pairs = zip(edges[:-1], edges[1:], strict=True)
        return np.array([power[(hz >= a) & (hz < b)].sum() for a, b in pairs])

    before, after = bands(samples), bands(stretched)
    audible = before > 1e-4 * before.max()
    assert np.abs(10 * np.log10(after / before))[audible].max() < 1.5


def test_the_tempo_of_one_changes_nothing():
    samples = signals.speech_like(0.7, RATE)[:-3]
    same = np.asarray(time_stretch(samples, 1.0, sample_rate=RATE))
    np.testing.assert_allclose(same, samples, atol=1e-6)


@pytest.mark.parametrize("semitones", [-5.0, -1.0, 0.5, 3.0, 7.0])
def test_pitch_moves_by_the_semitones_and_keeps_the_duration(semitones):
    samples = voice(150.0)
    samples[:2400] = samples[-2400:] = 0
    shifted = np.asarray(pitch_shift(samples, semitones, sample_rate=RATE))
    assert shifted.shape == samples.shape
    expected = 150.0 * 2 ** (semitones / 12)
    assert abs(pitch_of(shifted[2400:-2400]) / expected - 1) < 0.01
    loud = np.flatnonzero(np.abs(shifted) > 0.05)
    assert abs(loud[0] - 2400) < 320 and abs(loud[-1] - (RATE - 2400)) < 320  # 20 ms


def test_rows_are_changed_each_by_its_own_in_a_graph():
    samples = np.stack([voice(120.0, 0.6), voice(200.0, 0.6)])
    semitones, tempo = np.array([2.0, -3.0], "float32"), np.array([1.25, 0.8], "float32")

    @tf.function
    def both(x):
        stretched = time_stretch(x, tf.constant(tempo), sample_rate=RATE, length=7600)
        return pitch_shift(x, tf.constant(semitones), sample_rate=RATE), stretched

    shifted, stretched = (y.numpy() for y in both(samples))
    for row in range(2):
        hz = (120.0, 200.0)[row]
        assert abs(pitch_of(shifted[row]) / (hz * 2 ** (semitones[row] / 12)) - 1) < 0.01
        assert abs(pitch_of(stretched[row]) / hz - 1) < 0.01
        alone = time_stretch(samples[row], tempo[row : row + 1], sample_rate=RATE, length=7600)
        np.testing.assert_allclose(stretched[row], np.asarray(alone), atol=1e-5)


def test_the_shortest_sounds_pass():
    for n in (1, 2, 300):
        samples = np.full(n, 0.1, "float32")
        assert np.asarray(time_stretch(samples, 0.5, sample_rate=RATE)).shape == (2 * n,)
        assert np.isfinite(np.asarray(pitch_shift(samples, 3.0, sample_rate=RATE))).all()


def test_bad_arguments_are_named():
    samples = np.zeros(100, "float32")
    with pytest.raises(ValueError, match="`tempo` must lie between 0.5 and 2.0. Received: tempo=3"):
        time_stretch(samples, 3.0, sample_rate=RATE)
    with pytest.raises(ValueError, match="`length` must be given"):
        time_stretch(samples, np.array([1.0]), sample_rate=RATE)
    with pytest.raises(ValueError, match="`semitones` must lie between -12.0 and 12.0"):
        pitch_shift(samples, 13.0, sample_rate=RATE)

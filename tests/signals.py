"""Signals to test with, made on the spot."""

import numpy as np


def speech_like(seconds=1.0, sample_rate=22050, seed=0):
    """A gliding voice with three formants, hiss, and a pause of digital silence in the middle.

    Returns: float32 array `(samples,)` with the peak 0.5.
    """
    rng = np.random.default_rng(seed)
    n = int(seconds * sample_rate)
    t = np.arange(n) / sample_rate
    f0_hz = 150 * (1 + 0.2 * np.sin(2 * np.pi * 1.3 * t + seed))
    phase = 2 * np.pi * np.cumsum(f0_hz) / sample_rate
    voice = np.zeros(n)
    for harmonic in range(1, 40):
        hz = harmonic * f0_hz
        gain = sum(np.exp(-(((hz - formant) / 200) ** 2)) for formant in (500, 1500, 2500)) + 0.01
        voice += gain * np.sin(harmonic * phase) / harmonic**0.5 * (hz < 0.45 * sample_rate)
    samples = voice + 0.02 * rng.standard_normal(n)
    samples *= np.abs(np.sin(2 * np.pi * 1.5 * t))
    samples[int(0.45 * n) : int(0.55 * n)] = 0.0
    return (0.5 * samples / np.abs(samples).max()).astype("float32")

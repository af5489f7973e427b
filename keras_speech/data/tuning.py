"""Frequencies of a tone's partials, and how far off its key it is."""

import numpy as np

from keras_speech.data import chords


def spectral_peaks(samples, sample_rate, *, fmin=20.0, fmax=None, floor_db=-55.0):
    """Local maxima of a windowed, zero-padded spectrum, refined by a parabola through three bins.

    Args:
        samples: float array `(samples,)`.
        sample_rate: Hz.
        fmin: lowest frequency looked at, in Hz. Defaults to 20.
        fmax: highest. Defaults to `None`, half the sample rate.
        floor_db: peaks this far below the strongest are left out. Defaults to -55.

    Returns: `(hz, db)`, float64 arrays `(peaks,)` by rising frequency; dB relative to the
        strongest. Both are empty for silence.

    Reference: [Smith and Serra, "PARSHL", 1987](https://ccrma.stanford.edu/~jos/parshl/); with a
    Blackman window, whose side lobes (-58 dB) are no peaks above the default floor.
    """
    samples = np.asarray(samples, "float64")
    if samples.ndim != 1:
        raise ValueError(
            f"`samples` must have shape (samples,). Received: samples.shape={samples.shape}."
        )
    n_fft = 2 ** int(np.ceil(np.log2(max(len(samples), 16)))) * 4
    samples = samples - (samples.mean() if len(samples) else 0.0)
    magnitude = np.abs(np.fft.rfft(samples * np.blackman(len(samples)), n_fft))
    low = max(1, int(np.ceil(fmin * n_fft / sample_rate)))
    high = min(n_fft // 2, int((fmax or sample_rate / 2) * n_fft / sample_rate))
    strongest = magnitude[low : high + 1].max(initial=0.0)
    if strongest < 1e-9:
        return np.zeros(0), np.zeros(0)
    level = 20.0 * np.log10(np.maximum(magnitude / strongest, 1e-12))
    bins = np.arange(low, high)
    is_peak = (level[bins] > level[bins - 1]) & (level[bins] >= level[bins + 1])
    bins = bins[is_peak & (level[bins] > floor_db)]
    left, middle, right = level[bins - 1], level[bins], level[bins + 1]
    offset = 0.5 * (left - right) / (left - 2.0 * middle + right)
    hz = (bins + offset) * sample_rate / n_fft
    db = middle - 0.25 * (left - right) * offset
    return hz, db - db.max(initial=-np.inf)


def tuning_cents(samples, sample_rate, midi, *, search_cents=80.0):
    """How far a recorded note is from equal temperament.

    The lowest three partials within 30 dB of the strongest of them decide, each by its amplitude.

    Args:
        samples: float array `(samples,)`, beginning at the onset.
        sample_rate: Hz.
        midi: MIDI number of the key.
        search_cents: partials are looked for this far around their place. Defaults to 80.

    Returns: float, cents; negative where the note is flat, 0 where no partial was found.
    """
    # After the hammer's knock, while the tone is strong.
    samples = np.asarray(samples)[round(0.05 * sample_rate) : round(1.05 * sample_rate)]
    hz, db = spectral_peaks(samples, sample_rate)
    found = []
    for k in (1, 2, 3):
        cents = 1200.0 * np.log2(hz / (k * chords.midi_to_hz(midi)))
        near = np.flatnonzero(np.abs(cents) <= search_cents)
        if len(near):
            best = near[np.argmax(db[near])]
            found.append((cents[best], db[best]))
    if not found:
        return 0.0
    cents, db = np.array(found).T
    weights = np.where(db >= db.max() - 30.0, 10.0 ** (db / 20.0), 0.0)
    return float(np.sum(weights * cents) / np.sum(weights))

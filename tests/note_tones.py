"""Struck strings, made on the spot, and a directory of them."""

import numpy as np
import soundfile

RATE = 11025


def struck(midi, *, seconds=1.5, sample_rate=RATE, cents=0.0, lead_s=0.0, stiffness=0.0, seed=None):
    """Six decaying partials after `lead_s` of silence (of hiss at -60 dB with a seed).

    Returns: float32 `(samples,)`, peak 0.5.
    """
    t = np.arange(round(seconds * sample_rate)) / sample_rate
    f0 = 440.0 * 2.0 ** ((midi - 69 + cents / 100.0) / 12.0)
    tone = np.zeros(len(t))
    for k in range(1, 7):
        hz = k * f0 * np.sqrt((1 + stiffness * k**2) / (1 + stiffness))
        if hz < 0.47 * sample_rate:
            tone += np.sin(2 * np.pi * hz * t + k) * np.exp(-t * (1 + 0.5 * k)) / k
    tone *= 0.5 / np.abs(tone).max()
    samples = np.concatenate([np.zeros(round(lead_s * sample_rate)), tone])
    if seed is not None:
        samples += 5e-4 * np.random.default_rng(seed).standard_normal(len(samples))
    return samples.astype("float32")


def write_notes(directory, midis, *, layers=("low", "high"), sample_rate=RATE, **options):
    """Writes `metadata.csv` and `wavs/`; returns the directory."""
    (directory / "wavs").mkdir(parents=True)
    rows = ["id|note|midi|velocity layer|source seconds"]
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    for midi in midis:
        for layer in layers:
            name = f"k{midi}{layer}"
            samples = struck(midi, sample_rate=sample_rate, **options)
            soundfile.write(directory / "wavs" / f"{name}.flac", samples, sample_rate)
            rows.append(f"{name}|{names[midi % 12]}{midi // 12 - 1}|{midi}|{layer}|1.5")
    (directory / "metadata.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return directory

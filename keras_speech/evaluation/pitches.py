"""Whether a sound has the pitches that were asked for."""

import dataclasses

import numpy as np

from keras_speech.data import chords, tuning
from keras_speech.data.note_bank import find_onset

N_PARTIALS = 10  # of each note, that explain peaks
N_STRONGEST = 10  # peaks that are to be explained
EXPLAIN_DB = -20.0  # peaks weaker than this need no explanation
STRANGER_DB = -18.0  # a peak stronger than this that is no asked note's is another note,
STRANGER_PARTIALS = 3  # up to this partial of the highest
SAME_CENTS = 40.0  # peaks closer than this are one partial
WEAK_FIRST_HZ = 100.0  # strings and boxes give little of a first partial below it
ATTACK_S, LONGEST_S, SHORTEST_S = 0.03, 1.5, 0.2


@dataclasses.dataclass(frozen=True)
class PitchMatch:
    """What `match_pitches` found. True in a condition where the pitches match.

    Attributes:
        present: MIDI numbers of the asked notes that sound.
        missing: those that do not.
        explained: share of the strongest partials' amplitude that belongs to asked notes, 0 to 1.
        partials: float64 `(n, 2)`, the strongest partials: Hz, and dB relative to the strongest.
        matches: whether nothing is missing, enough is explained and no other note sounds.
    """

    present: tuple
    missing: tuple
    explained: float
    partials: np.ndarray = dataclasses.field(repr=False)
    matches: bool

    def __bool__(self):
        return self.matches


def strongest_partials(samples, sample_rate, n=N_STRONGEST, *, fmin=30.0, floor_db=-55.0):
    """The strongest peaks of a sound's spectrum.

    Args:
        samples: float array `(samples,)`; all of it is looked at.
        sample_rate: Hz.
        n: most peaks returned. Defaults to 10.
        fmin: lowest frequency looked at, in Hz. Defaults to 30.
        floor_db: peaks this far below the strongest are left out. Defaults to -55.

    Returns: float64 `(at most n, 2)`: Hz and dB relative to the strongest, which comes first. Empty
        for silence.

    Example:

    >>> t = np.arange(8000) / 8000
    >>> tone = np.sin(2 * np.pi * 440 * t) + 0.1 * np.sin(2 * np.pi * 1000 * t)
    >>> strongest_partials(tone, 8000, n=2).round(1)
    array([[ 440.,    0.],
           [1000.,  -20.]])
    """
    hz, db = tuning.spectral_peaks(samples, sample_rate, fmin=fmin, floor_db=floor_db)
    order = np.argsort(-db, kind="stable")[:n]
    return np.stack([hz[order], db[order]], axis=1)


def match_pitches(
    samples,
    sample_rate,
    notes,
    *,
    tolerance_cents=50.0,
    presence_db=-30.0,
    min_explained=0.85,
):
    """Compares a sound's partials with those of the notes that were asked for.

    The sound is looked at from 30 ms after its onset for 1.5 s. It matches if

    - every note is present: of the partials that no other asked note shares, its first is a peak
      within `presence_db` of the strongest and stronger than what is a semitone beside it. Below
      100 Hz, where strings and boxes give little of a first partial, two of the first five must
      be, and one of these odd;
    - the strongest partials belong to the asked notes: of the ten strongest that are within 20 dB
      of the strongest of all, those that are among the notes' first ten hold `min_explained` of
      the amplitude. What is above the highest note's tenth partial is left alone;
    - no other note sounds: up to the highest note's third partial, those of these ten that are
      within 18 dB of the strongest are all the notes'.

    A partial is explained within `tolerance_cents` of its place; strings are stiff, so that the
    `k`-th may also be sharper by a piano's inharmonicity.

    Args:
        samples: float array `(samples,)`, at least 0.2 s of sound after the onset.
        sample_rate: Hz; half of it must be above every note.
        notes: MIDI numbers.
        tolerance_cents: how far a partial may be from its place. Defaults to 50, half a semitone.
        presence_db: weakest partial that shows a note, relative to the strongest of the sound.
            Defaults to -30.
        min_explained: share of the strongest partials' amplitude that must be the notes'. Defaults
            to 0.85.

    Returns: `PitchMatch`.

    Raises:
        ValueError: `notes` is empty or too high for the sample rate, or `samples` has another
            shape or is not finite.

    Example:

    >>> t = np.arange(8000) / 8000
    >>> fifth = np.sin(2 * np.pi * 440 * t) + np.sin(2 * np.pi * 660 * t)
    >>> bool(match_pitches(fifth, 8000, (69, 76))), match_pitches(fifth, 8000, (69, 75)).missing
    (True, (75,))
    """
    notes = tuple(sorted(set(notes)))
    f0 = np.atleast_1d(chords.midi_to_hz(np.array(notes, "float64")))
    if not notes or f0[-1] >= sample_rate / 2:
        raise ValueError(
            "`notes` must be MIDI numbers below half the sample rate. "
            f"Received: notes={notes}, sample_rate={sample_rate}."
        )
    samples = np.asarray(samples, "float64")
    if samples.ndim != 1 or not np.isfinite(samples).all():
        raise ValueError(
            "`samples` must have shape (samples,) and be finite. "
            f"Received: samples.shape={samples.shape}"
            f"{'' if np.isfinite(samples).all() else ', with NaN or infinite values'}."
        )
    start = find_onset(samples, sample_rate) + round(ATTACK_S * sample_rate)
    samples = samples[start : start + round(LONGEST_S * sample_rate)]
    if len(samples) < SHORTEST_S * sample_rate:
        return PitchMatch((), notes, 0.0, np.zeros((0, 2)), False)

    partials = _distinct(strongest_partials(samples, sample_rate, 300, floor_db=presence_db))
    present = tuple(
        note for i, note in enumerate(notes) if _is_present(i, f0, partials, tolerance_cents)
    )
    missing = tuple(note for note in notes if note not in present)
    is_resolved = partials[:, 0] <= (N_PARTIALS + 0.5) * f0[-1]
    strongest = partials[is_resolved & (partials[:, 1] >= EXPLAIN_DB)][:N_STRONGEST]
    amplitudes = 10.0 ** (strongest[:, 1] / 20.0)
    belongs = _is_partial(strongest[:, 0], f0, tolerance_cents).any(axis=(1, 2))
    explained = float(amplitudes[belongs].sum() / amplitudes.sum()) if len(strongest) else 0.0
    strangers = strongest[~belongs & (strongest[:, 0] <= STRANGER_PARTIALS * f0[-1])]
    has_stranger = bool(np.any(strangers[:, 1] > STRANGER_DB))
    matches = not missing and not has_stranger and explained >= min_explained
    return PitchMatch(present, missing, explained, strongest, matches)


def _stretch_cents(f0_hz, k):
    """Most that stiffness sharpens a piano's `k`-th partial.

    Reference: f_k = k f_0 sqrt(1 + B k^2) (Fletcher, Blackham and Stratton, 1962); B is of the
    order of 3e-4 at C3 and doubles with every octave above it.
    """
    b = 3e-4 * np.maximum(1.0, f0_hz / 130.8)
    return 600.0 * np.log2((1.0 + b * k**2) / (1.0 + b))


def _is_partial(hz, f0, tolerance_cents):
    """Which peaks may be which partial of which note: bool `(peaks, notes, N_PARTIALS)`."""
    k = np.arange(1, N_PARTIALS + 1)
    cents = _cents(hz[:, None, None], f0[:, None] * k)
    highest = tolerance_cents + _stretch_cents(f0[:, None], k)
    return (cents >= -tolerance_cents) & (cents <= highest)


def _cents(hz, reference_hz):
    return 1200.0 * np.log2(hz / reference_hz)


def _distinct(partials):
    """Leaves out peaks beside a stronger one: a partial of several strings, or one that decays."""
    hz = partials[:, 0]
    beside = np.abs(_cents(hz[:, None], hz)) <= SAME_CENTS
    kept = []
    for i in range(len(hz)):
        if not beside[i, kept].any():
            kept.append(i)
    return partials[kept]


def _is_present(i, f0, partials, tolerance_cents):
    """Whether partials show the `i`-th note; those that another asked note has as well do not."""
    hz, db = partials[:, 0], partials[:, 1]
    k = np.arange(1, 6)
    others = np.delete(f0, i)
    theirs = others[:, None, None] * np.arange(1, N_PARTIALS + 1)[:, None]
    is_own = (np.abs(_cents(k * f0[i], theirs)) >= 50.0).all(axis=(0, 1))
    is_others = _is_partial(hz, others, tolerance_cents).any(axis=(1, 2))
    is_ours = _is_partial(hz, f0[i : i + 1], tolerance_cents)[:, 0]
    found = []
    # Where others hide all its own, such as an octave's, the first must do.
    for number in k[is_own] if is_own.any() else k[:1]:
        ours = is_ours[:, number - 1]
        # The peak must be the note's own, not the foot of one a semitone beside it.
        beside = np.abs(_cents(hz, number * f0[i])) < 150.0
        beside &= ~ours & ~is_others
        if ours.any() and db[ours].max() > db[beside].max(initial=-np.inf):
            found.append(number)
    if f0[i] >= WEAK_FIRST_HZ:
        return 1 in found or (not is_own[0] and bool(found))
    return len(found) >= 2 and any(number % 2 for number in found)

"""Names of notes and chords."""

import re

import numpy as np

# Semitones above the root. "note" is the root alone.
CHORDS = {
    "note": (0,),
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
}

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NOTE = re.compile(r"([A-G])(#{1,2}|b{1,2})?(-?[0-9]{1,2})")


def parse_note(name):
    """The MIDI number of a note's name.

    Args:
        name: letter, `#` or `b` (or two of them) if any, octave: `"A4"` is 69, `"C4"` is 60.

    Returns: int from 0 to 127.

    Raises:
        ValueError: the name is none, or the note is outside MIDI's range.

    Example:

    >>> parse_note("Bb4"), parse_note("F#3")
    (70, 54)
    """
    match = _NOTE.fullmatch(name.strip()) if isinstance(name, str) else None
    if match is None:
        raise ValueError(
            "A note must be a letter from A to G, '#' or 'b' if any, and an octave, such as 'F#3' "
            f"or 'Bb4'. Received: {name!r}."
        )
    letter, accidentals, octave = match.groups()
    accidentals = accidentals or ""
    shift = accidentals.count("#") - accidentals.count("b")
    midi = 12 * (int(octave) + 1) + _LETTERS[letter] + shift
    if not 0 <= midi <= 127:
        raise ValueError(
            f"A note must be between C-1 and G9 (MIDI 0 to 127). Received: {name!r}, MIDI {midi}."
        )
    return midi


def parse_chord(name):
    """The MIDI numbers of a note's or a triad's name.

    Args:
        name: a note (`"A4"`), or its root, a colon and the kind: maj, min, dim, aug, sus2, sus4
            (`"C4:maj"`). `/1` or `/2` after it inverts the triad: its lowest note, or its two
            lowest, go up an octave (`"C4:maj/1"`).

    Returns: tuple of ints, ascending.

    Raises:
        ValueError: the root, the kind or the inversion is none.

    Example:

    >>> parse_chord("C4:maj"), parse_chord("A4"), parse_chord("C4:maj/1")
    ((60, 64, 67), (69,), (64, 67, 72))
    """
    if not isinstance(name, str):
        raise ValueError(f"A chord must be a string such as 'C4:maj'. Received: {name!r}.")
    root, colon, kind = name.strip().partition(":")
    kind, slash, inversion = kind.partition("/")
    if not colon:
        return (parse_note(root),)
    midi = parse_note(root)
    if kind not in CHORDS:
        raise ValueError(
            f"A chord's kind must be one of {', '.join(CHORDS)}. Received: {kind!r} in {name!r}."
        )
    n_inversions = len(CHORDS[kind])
    if slash and inversion not in [str(i) for i in range(n_inversions)]:
        raise ValueError(
            f"A chord of {n_inversions} notes has the inversions 0 to {n_inversions - 1}. "
            f"Received: {inversion!r} in {name!r}."
        )
    n_up = int(inversion or 0)
    keys = [midi + step for step in CHORDS[kind]]
    keys = tuple(keys[n_up:] + [key + 12 for key in keys[:n_up]])
    if keys[-1] > 127:
        raise ValueError(
            f"A chord's notes must be at most MIDI 127. Received: {name!r}, MIDI {keys}."
        )
    return keys


def note_name(midi):
    """The name of a MIDI number, with sharps.

    Args:
        midi: int from 0 to 127.

    Returns: str.

    Example:

    >>> note_name(60), note_name(70)
    ('C4', 'A#4')
    """
    if not isinstance(midi, (int, np.integer)) or not 0 <= midi <= 127:
        raise ValueError(f"`midi` must be an integer from 0 to 127. Received: midi={midi!r}.")
    return f"{_NAMES[midi % 12]}{midi // 12 - 1}"


def midi_to_hz(midi):
    """Frequency in equal temperament with A4 at 440 Hz.

    Args:
        midi: number or array; need not be whole.

    Returns: Hz, float or float array of the same shape.

    Example:

    >>> midi_to_hz(69), midi_to_hz(57)
    (440.0, 220.0)
    """
    hz = 440.0 * 2.0 ** ((np.asarray(midi, "float64") - 69.0) / 12.0)
    return float(hz) if hz.ndim == 0 else hz

"""Batches of notes and triads, made by summing recorded notes."""

import os

import numpy as np

from keras_speech.data import chords as chord_names
from keras_speech.data.chord_dataset import ChordEpochs
from keras_speech.data.note_bank import NoteBank
from keras_speech.data.note_corpus import note_corpus
from keras_speech.data.note_roll import note_roll

ALL_CHORDS = tuple(chord_names.CHORDS)


def chord_epochs(
    notes,
    segment_length,
    batch_size=8,
    *,
    sample_rate=8000,
    hop_length=80,
    lowest=36,
    highest=96,
    chords=ALL_CHORDS,
    seed=None,
    steps_per_epoch=100,
    seconds=3.0,
    onset_share=0.5,
    max_onset_s=0.05,
    release_share=0.1,
    peak=0.8,
    tones=False,
):
    """`chord_batches` as a function of the epoch, for training that can be resumed exactly.

    Args: as in `chord_batches`.

    Returns: `ChordEpochs`; called with the number of an epoch, from 0, it gives that epoch's
        `tf.data.Dataset`, and `len()` of it is the number of batches.

    Raises: as `chord_batches`.

    Example:

    >>> epochs = chord_epochs("piano", 8000, seed=0)  # doctest: +SKIP
    >>> first = epochs(0)  # doctest: +SKIP
    """
    for name, value in (
        ("segment_length", segment_length),
        ("batch_size", batch_size),
        ("sample_rate", sample_rate),
        ("hop_length", hop_length),
        ("steps_per_epoch", steps_per_epoch),
    ):
        if not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value!r}.")
    if seed is not None and (not isinstance(seed, (int, np.integer)) or seed < 0):
        raise ValueError(f"`seed` must be a non-negative integer or None. Received: seed={seed!r}.")
    if segment_length % hop_length:
        raise ValueError(
            "`segment_length` must be a multiple of `hop_length`. "
            f"Received: segment_length={segment_length}, hop_length={hop_length}."
        )
    for name, value in (("onset_share", onset_share), ("release_share", release_share)):
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"`{name}` must be from 0 to 1. Received: {name}={value}.")
    if not max_onset_s >= 0.0:
        raise ValueError(
            f"`max_onset_s` must not be negative. Received: max_onset_s={max_onset_s}."
        )
    if not 0.0 < peak <= 1.0:
        raise ValueError(f"`peak` must be above 0 and at most 1. Received: peak={peak}.")
    chords = tuple(dict.fromkeys([chords] if isinstance(chords, str) else chords))
    if not chords or (unknown := [kind for kind in chords if kind not in chord_names.CHORDS]):
        raise ValueError(
            f"`chords` must be kinds out of {', '.join(ALL_CHORDS)}. "
            f"Received: chords={chords if not chords else unknown}."
        )
    if isinstance(notes, NoteBank):
        bank = notes
    else:
        if isinstance(notes, (str, os.PathLike)):
            notes = note_corpus(notes)
        bank = NoteBank(
            notes, sample_rate=sample_rate, lowest=lowest, highest=highest, seconds=seconds
        )
    # Says at once what would stop the first batch.
    note_roll((), 0, frame_rate=bank.sample_rate / hop_length, tones=tones,
              lowest=bank.lowest, highest=bank.highest)  # fmt: skip
    if segment_length > bank.n_samples:
        raise ValueError(
            "`segment_length` must not be longer than a key's sound. Received: "
            f"segment_length={segment_length}, seconds={bank.seconds} at {bank.sample_rate} Hz = "
            f"{bank.n_samples} samples."
        )
    return ChordEpochs(
        bank,
        segment_length=segment_length,
        batch_size=batch_size,
        hop_length=hop_length,
        chords=chords,
        seed=int(np.random.randint(2**31)) if seed is None else int(seed),
        steps_per_epoch=steps_per_epoch,
        onset_share=onset_share,
        max_onset_s=max_onset_s,
        release_share=release_share,
        peak=peak,
        tones=tones,
    )


def chord_batches(notes, segment_length, batch_size=8, **options):
    """Makes a `tf.data.Dataset` of notes and triads, with the note roll that describes them.

    An example is a kind of chord, a root and a velocity drawn at random: the recorded keys,
    brought to pitch and to one loudness (`NoteBank`), summed and scaled to one peak, struck a
    little after the start. A crop of it is taken, and the frames of its roll. After a recorded
    note has died away the keys still count as held; some examples are let go earlier, and their
    roll is then 0, as before the onset: what generates from such a roll learns to end a note.

    Args:
        notes: sequence of `Note`, a directory that `note_corpus` reads, or a `NoteBank` (whose
            `sample_rate`, `lowest`, `highest` and `seconds` then count).
        segment_length: samples an example, a multiple of `hop_length`.
        batch_size: examples a batch. Defaults to 8.
        sample_rate: Hz. Defaults to 8000.
        hop_length: samples a frame of the roll. Defaults to 80.
        lowest: MIDI number of the lowest key. Defaults to 36.
        highest: MIDI number of the highest key. Defaults to 96.
        chords: kinds to draw from, of note, maj, min, dim, aug, sus2, sus4, all equally often.
            Defaults to all of them. A root is drawn from those with every key in range.
        seed: int that fixes every epoch. Defaults to one drawn from NumPy's global generator.
        steps_per_epoch: batches an epoch. Defaults to 100.
        seconds: how much of a note's sound is used. Defaults to 3.
        onset_share: share of the examples that begin at the start, with silence up to
            `max_onset_s` and then the onset. The others begin anywhere. Defaults to 0.5.
        max_onset_s: latest onset, in seconds. Defaults to 0.05.
        release_share: share of the examples in which the keys are let go, at some time inside the
            crop. Defaults to 0.1.
        peak: largest absolute sample of a whole chord. Defaults to 0.8.
        tones: whether the roll has tones, see `note_roll`; `hop_length` is then 1, or little more.
            Defaults to `False`.

    Returns: dataset with known cardinality, of dicts; every pass over it is another epoch:

        - `samples`: float32 `(batch_size, segment_length)`
        - `mel`: float32 `(batch_size, segment_length // hop_length,
          note_roll_channels(lowest, highest, tones))`, the local condition

    Raises:
        AudioError: a recording cannot be read.
        ValueError: an argument is out of range, or a key has no recording near it.

    Example:

    >>> batches = chord_batches("piano", 8000, 16, seed=0)  # doctest: +SKIP
    >>> model.fit(batches, epochs=100, shuffle=False)  # doctest: +SKIP
    """
    return chord_epochs(notes, segment_length, batch_size, **options).all_epochs()

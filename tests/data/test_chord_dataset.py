"""Batches of chords as a function of the epoch."""

import numpy as np
import pytest

import note_tones
from keras_speech.data import (
    NoteBank,
    chord_batches,
    chord_epochs,
    note_corpus,
    note_roll_channels,
)
from keras_speech.data.chords import CHORDS
from keras_speech.data.note_bank import find_onset

LOWEST, HIGHEST, RATE, HOP = 57, 69, 8000, 80
N_KEYS = HIGHEST - LOWEST + 1


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    directory = note_tones.write_notes(tmp_path_factory.mktemp("piano") / "n", (57, 60, 63, 66, 69))
    return NoteBank(note_corpus(directory), lowest=LOWEST, highest=HIGHEST, seconds=1.0)


def examples(epochs, n=40):
    for step in range(n):
        yield from zip(*epochs.batch(0, step), strict=True)


def test_batches_have_samples_and_roll(bank):
    dataset = chord_batches(bank, 4000, 3, seed=0, steps_per_epoch=2)
    assert int(dataset.cardinality()) == 2
    n_channels = note_roll_channels(LOWEST, HIGHEST)
    assert dataset.element_spec["samples"].shape == (3, 4000)
    assert dataset.element_spec["mel"].shape == (3, 50, n_channels)
    for batch in dataset:
        assert set(batch) == {"samples", "mel"}
        samples, roll = batch["samples"].numpy(), batch["mel"].numpy()
        assert samples.dtype == roll.dtype == "float32"
        assert samples.shape == (3, 4000) and roll.shape == (3, 50, n_channels)
        assert np.abs(samples).max() <= 0.8001 and 0 <= roll.min() and roll.max() <= 1


def test_an_epoch_is_the_same_in_every_pass_and_no_other(bank):
    def first(dataset):
        return [batch["samples"].numpy() for batch in dataset]

    epochs = chord_epochs(bank, 800, 2, seed=5, steps_per_epoch=3)
    assert len(epochs) == 3
    third = epochs(2)
    np.testing.assert_array_equal(first(third), first(third))
    assert not np.array_equal(first(epochs(0)), first(epochs(1)))
    passes = chord_batches(bank, 800, 2, seed=5, steps_per_epoch=3)
    for epoch in range(3):
        np.testing.assert_array_equal(first(passes), first(epochs(epoch)))
    other = chord_epochs(bank, 800, 2, seed=6, steps_per_epoch=3)
    assert not np.array_equal(first(epochs(0)), first(other(0)))


def test_samples_are_the_crop_that_the_roll_describes(bank):
    """The decay of 0.5 s tells the onset; from it the whole example follows."""
    epochs = chord_epochs(bank, 2400, 4, seed=1, release_share=0.0, max_onset_s=0.05)
    n_begun = 0
    for samples, roll in examples(epochs):
        sounding = np.flatnonzero(roll[:, -1])
        t = -0.5 * np.log(roll[sounding[0], N_KEYS + 3])  # seconds
        onset = (sounding[0] + 1) * HOP - round(t * RATE)
        velocity = float(roll[sounding[0], -1])
        sound = bank.mix(LOWEST + np.flatnonzero(roll[sounding[0], :N_KEYS]), velocity=velocity)
        padded = np.concatenate([np.zeros(max(onset, 0), "float32"), sound[max(-onset, 0) :]])
        np.testing.assert_array_equal(samples, padded[:2400])
        n_begun += onset >= 0
        assert onset <= 0.05 * RATE
        assert roll[:, N_KEYS].sum() == (onset >= 0)
    assert 0.4 < n_begun / 160 < 0.75


def test_every_kind_root_and_velocity_occurs(bank):
    epochs = chord_epochs(bank, 800, 8, seed=2, chords=("note", "maj", "dim"), onset_share=1.0)
    seen, velocities = {}, set()
    for _, roll in examples(epochs, n=60):
        keys = LOWEST + np.flatnonzero(roll[:, :N_KEYS].max(axis=0))
        velocities.add(float(roll[:, -1].max()))
        kind = {steps: name for name, steps in CHORDS.items()}[tuple(keys - keys[0])]
        seen.setdefault(kind, []).append(int(keys[0]))
    assert velocities == {0.5, 1.0}
    roots = {kind: set(found) for kind, found in seen.items()}
    assert roots == {
        "note": set(range(57, 70)),
        "maj": set(range(57, 63)),
        "dim": set(range(57, 64)),
    }
    assert all(0.25 < len(found) / 480 < 0.42 for found in seen.values())


def test_the_onset_is_heard_where_the_roll_has_it(bank):
    epochs = chord_epochs(bank, 1600, 4, seed=3, onset_share=1.0, release_share=0.0)
    for samples, roll in examples(epochs, n=10):
        frame = int(np.argmax(roll[:, N_KEYS]))
        assert frame * HOP <= find_onset(samples, RATE) < (frame + 1) * HOP + 0.003 * RATE


def test_released_keys_fall_silent(bank):
    epochs = chord_epochs(bank, 6400, 4, seed=4, release_share=1.0)
    n_released = 0
    for samples, roll in examples(epochs, n=10):
        silent = np.flatnonzero(roll[1:, -1] < roll[:-1, -1]) + 1
        assert len(silent) <= 1
        if len(silent) and silent[0] <= 40:
            n_released += 1
            assert not roll[silent[0] :].any()
            # 0.35 s are 60 dB.
            assert np.abs(samples[silent[0] * HOP + round(0.36 * RATE) :]).max() < 1e-3
    assert n_released > 5


def test_a_directory_and_notes_are_accepted(tmp_path):
    directory = note_tones.write_notes(tmp_path / "n", (60,), seconds=0.4)
    options = {"lowest": 60, "highest": 61, "chords": "note", "seconds": 0.3, "seed": 0}
    a = chord_epochs(directory, 800, 2, **options).batch(0, 0)
    b = chord_epochs(note_corpus(directory), 800, 2, **options).batch(0, 0)
    np.testing.assert_array_equal(a[0], b[0])


@pytest.mark.parametrize(
    "change, rule",
    [
        ({"segment_length": 1000}, "must be a multiple of `hop_length`.*segment_length=1000"),
        ({"segment_length": 8080}, "not be longer than a key's sound.*1.0 at 8000 Hz = 8000"),
        ({"segment_length": 0}, "`segment_length` must be a positive integer"),
        ({"batch_size": 1.5}, "`batch_size` must be a positive integer.*1.5"),
        ({"steps_per_epoch": 0}, "`steps_per_epoch` must be a positive integer"),
        ({"seed": -1}, "`seed` must be a non-negative integer or None"),
        ({"chords": ("maj", "major")}, r"`chords` must be kinds out of note, maj.*\['major'\]"),
        ({"chords": ()}, "`chords` must be kinds out of"),
        ({"onset_share": 2}, "`onset_share` must be from 0 to 1.*onset_share=2"),
        ({"release_share": -1}, "`release_share` must be from 0 to 1"),
        ({"max_onset_s": -0.1}, "`max_onset_s` must not be negative"),
        ({"peak": 0}, "`peak` must be above 0 and at most 1.*peak=0"),
    ],
)
def test_what_cannot_be_is_an_error(bank, change, rule):
    with pytest.raises(ValueError, match=rule):
        chord_epochs(bank, **({"segment_length": 800} | change))


def test_a_range_too_narrow_for_a_kind_is_an_error(tmp_path):
    directory = note_tones.write_notes(tmp_path / "n", (60,), seconds=0.4)
    with pytest.raises(ValueError, match="must hold every kind of `chords`.*'maj'"):
        chord_epochs(directory, 800, lowest=60, highest=63, chords=("note", "maj"), seconds=0.3)


def test_a_negative_epoch_is_an_error(bank):
    with pytest.raises(ValueError, match="`epoch` must not be negative. Received: epoch=-1"):
        chord_epochs(bank, 800)(-1)

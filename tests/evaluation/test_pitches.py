"""Whether a sound has the pitches that were asked for."""

import numpy as np
import pytest

import note_tones
from keras_speech.data import NoteBank, note_corpus, parse_chord
from keras_speech.evaluation import match_pitches, strongest_partials

RATE = 8000
# Three octaves of notes and triads.
REQUESTS = ("C3", "F#3", "A4", "D5", "C3:maj", "A3:min", "E4:maj", "B3:dim", "D4:sus4", "G4:min")


def played(notes, **options):
    parts = [note_tones.struck(note, sample_rate=RATE, **options) for note in notes]
    return np.sum(parts, axis=0) / len(parts)


def with_hiss(samples, snr_db, seed=0):
    hiss = np.random.default_rng(seed).standard_normal(len(samples))
    return samples + hiss * np.sqrt(np.mean(samples**2)) * 10 ** (-snr_db / 20)


def test_partials_come_strongest_first():
    t = np.arange(RATE) / RATE
    parts = ((300.0, 0.1), (440.5, 1.0), (900.0, 0.5))
    samples = sum(gain * np.cos(2 * np.pi * hz * t) for hz, gain in parts)
    expected = [(440.5, 0.0), (900.0, 20 * np.log10(0.5)), (300.0, -20.0)]
    np.testing.assert_allclose(strongest_partials(samples, RATE), expected, atol=0.1)
    assert strongest_partials(samples, RATE, n=2).shape == (2, 2)
    assert strongest_partials(np.zeros(RATE), RATE).shape == (0, 2)


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("stiffness", [0.0, 5e-4])
def test_what_was_asked_for_matches(name, stiffness):
    notes = parse_chord(name)
    match = match_pitches(played(notes, stiffness=stiffness), RATE, notes)
    assert match and match.present == notes and match.missing == ()
    assert match.explained > 0.95


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("semitones", [-12, -2, -1, 1, 2, 7, 12])
def test_a_chord_at_another_pitch_does_not(name, semitones):
    notes = parse_chord(name)
    samples = played([note + semitones for note in notes])
    assert not match_pitches(samples, RATE, notes)


@pytest.mark.parametrize("name", [name for name in REQUESTS if ":" in name])
@pytest.mark.parametrize("index", range(3))
def test_one_wrong_or_missing_note_does_not(name, index):
    notes = parse_chord(name)
    for semitones in (-1, 1):
        wrong = list(notes)
        wrong[index] += semitones
        match = match_pitches(played(wrong), RATE, notes)
        assert not match and notes[index] in match.missing
    rest = [note for i, note in enumerate(notes) if i != index]
    match = match_pitches(played(rest), RATE, notes)
    assert not match and notes[index] in match.missing


@pytest.mark.parametrize("name", [name for name in REQUESTS if ":" in name])
def test_a_note_too_many_does_not(name):
    notes = parse_chord(name)
    for index in range(3):
        assert not match_pitches(
            played(notes), RATE, [n for i, n in enumerate(notes) if i != index]
        )
        assert not match_pitches(played(notes), RATE, notes[index : index + 1])


@pytest.mark.parametrize("name", REQUESTS)
def test_noise_does_not(name):
    t = np.arange(2 * RATE) / RATE
    for seed in range(3):
        noise = np.random.default_rng(seed).standard_normal(2 * RATE)
        for samples in (noise, noise * np.exp(-3 * t), np.cumsum(noise)):
            assert not match_pitches(samples, RATE, parse_chord(name))


def test_hiss_at_20_db_changes_nothing():
    for name in REQUESTS:
        notes = parse_chord(name)
        assert match_pitches(with_hiss(played(notes), 20), RATE, notes), name


@pytest.mark.parametrize("cents, matches", [(30, True), (-30, True), (70, False), (-70, False)])
def test_the_tolerance_is_half_a_semitone(cents, matches):
    samples = note_tones.struck(69, sample_rate=RATE, cents=cents)
    assert bool(match_pitches(samples, RATE, (69,))) == matches
    assert not match_pitches(samples, RATE, (69,), tolerance_cents=20)


def test_silence_and_what_is_too_short_do_not():
    assert match_pitches(np.zeros(RATE), RATE, (60,)).missing == (60,)
    assert match_pitches(np.zeros(0), RATE, (60,)).missing == (60,)
    assert not match_pitches(played((60,))[:1500], RATE, (60,))


def test_a_late_onset_changes_nothing():
    assert match_pitches(played((60, 64), lead_s=0.5), RATE, (60, 64))


def test_mixes_of_recorded_keys_match(tmp_path):
    """Recorded every three semitones and 25 cents flat: the bank's shifts and corrections."""
    directory = note_tones.write_notes(tmp_path / "n", range(48, 85, 3), cents=-25, seed=0)
    bank = NoteBank(note_corpus(directory), lowest=48, highest=84, seconds=1.5)
    for name in REQUESTS:
        notes = parse_chord(name)
        assert match_pitches(bank.mix(notes), RATE, notes, tolerance_cents=10), name
        assert not match_pitches(bank.mix([note + 1 for note in notes]), RATE, notes), name


def test_what_cannot_be_is_an_error():
    samples = played((60,))
    with pytest.raises(ValueError, match=r"`notes` must be MIDI numbers below.*notes=\(\)"):
        match_pitches(samples, RATE, ())
    with pytest.raises(ValueError, match=r"below half the sample rate.*notes=\(108,\)"):
        match_pitches(samples, RATE, (108,))
    with pytest.raises(ValueError, match=r"`samples` must have shape \(samples,\).*\(12000, 1\)"):
        match_pitches(samples[:, None], RATE, (60,))
    with pytest.raises(ValueError, match="with NaN or infinite values"):
        match_pitches(np.full(RATE, np.nan), RATE, (60,))

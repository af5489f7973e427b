"""Names of notes and chords."""

import numpy as np
import pytest

from keras_speech.data import midi_to_hz, note_name, parse_chord


@pytest.mark.parametrize(
    "name, notes",
    [
        ("A4", (69,)),
        ("F#3", (54,)),
        ("Bb4", (70,)),
        ("Cb4", (59,)),
        ("B#3", (60,)),
        ("C-1", (0,)),
        ("Ebb2", (38,)),
        ("C4:note", (60,)),
        ("C4:maj", (60, 64, 67)),
        ("F#3:min", (54, 57, 61)),
        ("B3:dim", (59, 62, 65)),
        ("Ab4:aug", (68, 72, 76)),
        ("D4:sus2", (62, 64, 69)),
        ("D4:sus4", (62, 67, 69)),
        ("C4:maj/0", (60, 64, 67)),
        ("C4:maj/1", (64, 67, 72)),
        ("C4:maj/2", (67, 72, 76)),
        (" C4:maj ", (60, 64, 67)),
    ],
)
def test_names_give_midi_numbers(name, notes):
    assert parse_chord(name) == notes


def test_names_of_all_keys_are_read_back():
    assert [parse_chord(note_name(midi)) for midi in range(128)] == [(m,) for m in range(128)]


@pytest.mark.parametrize(
    "name, rule",
    [
        ("H4", "A note must be a letter from A to G.*Received: 'H4'"),
        ("C", "A note must be a letter.*Received: 'C'"),
        ("", "A note must be a letter.*Received: ''"),
        ("C4 maj", "A note must be a letter.*Received: 'C4 maj'"),
        ("A9", "MIDI 0 to 127.*Received: 'A9', MIDI 129"),
        ("Cb-1", "MIDI 0 to 127.*MIDI -1"),
        ("C4:", "kind must be one of note, maj, min.*Received: ''"),
        ("C4:major", "kind must be one of.*Received: 'major' in 'C4:major'"),
        ("C4:maj/3", "inversions 0 to 2. Received: '3'"),
        ("C4:maj/", "inversions 0 to 2. Received: ''"),
        ("F9:maj", "at most MIDI 127. Received: 'F9:maj'"),
        (60, "must be a string such as 'C4:maj'. Received: 60"),
    ],
)
def test_a_name_that_is_none_is_an_error(name, rule):
    with pytest.raises(ValueError, match=rule):
        parse_chord(name)


@pytest.mark.parametrize("midi", [-1, 128, 60.5, "60"])
def test_only_midi_numbers_have_names(midi):
    with pytest.raises(ValueError, match="`midi` must be an integer from 0 to 127"):
        note_name(midi)


def test_frequencies_double_with_the_octave():
    assert midi_to_hz(69) == 440.0
    hz = midi_to_hz(np.arange(128))
    np.testing.assert_allclose(hz[12:] / hz[:-12], 2.0)
    np.testing.assert_allclose(hz[1:] / hz[:-1], 2 ** (1 / 12))

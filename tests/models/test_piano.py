"""The bundled model `piano` plays what it is asked for."""

import numpy as np
import pytest

import keras_speech as ks
from keras_speech import data, evaluation

SECONDS = 2.0
CHORDS = (
    "C3 F3 A3 C4 E4 F#4 A4 C5 D5 E5 Bb3 G4 "
    "C4:maj A3:min F3:maj E4:min D4:maj G3:maj B3:min A4:maj C3:min Eb4:maj F#3:min G4:min"
).split()


@pytest.fixture(scope="module")
def preset():
    return ks.models.load_model_preset("piano")


def rolls(chords, card):
    condition = {name: value for name, value in card["condition"].items() if name != "kind"}
    rate = card["sample_rate"] / condition.pop("hop_length")
    n_frames = round(SECONDS * rate)
    return np.stack(
        [
            data.note_roll(data.parse_chord(chord), n_frames, frame_rate=rate, **condition)
            for chord in chords
        ]
    )


def test_pitches_are_those_asked_for(preset):
    """Of 12 notes and 12 triads nine in ten; real recordings, summed, all match.

    And the same sounds are not taken for the chord a semitone higher.
    """
    model, card = preset
    sounds = model.generate(mel=rolls(CHORDS, card), temperature=card["temperature"], seed=1)
    rate = card["sample_rate"]
    asked = [data.parse_chord(chord) for chord in CHORDS]
    right = [
        bool(evaluation.match_pitches(sound, rate, notes))
        for sound, notes in zip(sounds, asked, strict=True)
    ]
    assert sum(right) >= 0.9 * len(CHORDS), [c for c, r in zip(CHORDS, right, strict=True) if not r]
    for sound, notes in zip(sounds, asked, strict=True):
        wrong = tuple(note + 1 for note in notes)
        assert not evaluation.match_pitches(sound, rate, wrong)


def test_a_note_dies_away(preset):
    model, card = preset
    (sound,) = model.generate(mel=rolls(["C4"], card), temperature=card["temperature"], seed=3)
    early, late = np.split(sound[: len(sound) // 4 * 4], 4)[0], np.split(sound, 4)[-1]
    assert np.sqrt(np.mean(early**2)) > 2 * np.sqrt(np.mean(late**2)) > 0


def test_it_says_where_it_comes_from(preset):
    _, card = preset
    (entry,) = [entry for entry in ks.models.bundled_models() if entry["name"] == "piano"]
    assert card["license"] == "CC0-1.0" and "FreePats" in card["metadata"]["credits"]
    assert entry["n_bytes"] < 10e6

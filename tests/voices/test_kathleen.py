"""The bundled voice."""

from pathlib import Path

import numpy as np
import pytest

from keras_speech.voices import Voice, bundled_voices

SENTENCES = (
    (Path(__file__).parents[2] / "examples" / "prose_sentences.txt").read_text().splitlines()
)


@pytest.fixture(scope="module")
def voice():
    return Voice.from_preset("kathleen")


def test_it_is_bundled_with_its_license_and_small():
    (card,) = [card for card in bundled_voices() if card["name"] == "kathleen"]
    assert card["license"] == "CC0-1.0"
    assert card["n_bytes"] < 25e6
    assert (Path(card["directory"]) / "README.md").exists()


def test_it_reads_every_token_in_order_and_ends(voice):
    for sentence in SENTENCES[:4]:
        speech = voice.speak(sentence)
        spoken = speech.alignment.max(axis=-1) > 0
        read = speech.alignment.argmax(axis=-1)[spoken]
        n_tokens = len(speech.symbols)
        assert read[0] <= 1 and read[-1] == n_tokens - 1
        # Diagonal: it looks at nearly every sounding token, and goes back next to never.
        sounding = [i for i, symbol in enumerate(speech.symbols) if symbol.isalpha()]
        assert np.isin(sounding, read).mean() > 0.9
        assert (np.diff(read) < 0).mean() < 0.02
        # Between 8 and 25 phones a second, as people speak.
        assert 8 < len(sounding) / speech.duration < 25


def test_it_sounds_in_the_range_of_speech(voice):
    speech = voice.speak("The quick brown fox jumps over the lazy dog.")
    assert speech.sample_rate == 22050
    assert 0.02 < np.sqrt(np.mean(speech.samples**2)) < 0.3
    power = np.abs(np.fft.rfft(speech.samples)) ** 2
    hz = np.fft.rfftfreq(len(speech.samples), 1 / 22050)
    assert power[(hz > 80) & (hz < 4000)].sum() > 0.9 * power.sum()


def test_the_seed_decides_the_sound(voice):
    a, b, c = (voice.speak("Good morning.", seed=seed).samples for seed in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert len(a) != len(c) or np.abs(a - c).max() > 1e-3


@pytest.mark.slow
def test_a_recognizer_understands_prose(voice):
    from keras_speech.evaluation import ClosedRecognizer

    # A language model of these sentences alone: easier than the one of the voice's own figures.
    recognizer = ClosedRecognizer(SENTENCES)
    takes = [(voice.speak(text).samples, 22050, text) for text in SENTENCES]
    assert recognizer.word_error_rate(takes).rate <= 0.12

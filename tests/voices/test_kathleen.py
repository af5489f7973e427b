"""The bundled voices."""

from pathlib import Path

import numpy as np
import pytest

from keras_speech.data import track_f0
from keras_speech.voices import Voice, bundled_voices

SENTENCES = (
    (Path(__file__).parents[2] / "examples" / "prose_sentences.txt").read_text().splitlines()
)


NAMES = ("kathleen", "kathleen-tacotron2")


@pytest.fixture(scope="module")
def voices():
    return {name: Voice.from_preset(name) for name in NAMES}


@pytest.fixture(params=NAMES)
def voice(request, voices):
    return voices[request.param]


@pytest.fixture
def kathleen(voices):
    return voices["kathleen"]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_bundled_with_its_license_and_small(name):
    (card,) = [card for card in bundled_voices() if card["name"] == name]
    assert card["license"] == "CC0-1.0"
    assert card["n_bytes"] < 25e6
    assert (Path(card["directory"]) / "README.md").exists()
    if name == "kathleen":
        assert (Path(card["directory"]) / "acoustic.keras").stat().st_size < 10e6


def test_it_reads_every_token_in_order_and_ends(voice):
    for sentence in SENTENCES[:4]:
        speech = voice.speak(sentence)
        spoken = speech.alignment.max(axis=-1) > 0
        read = speech.alignment.argmax(axis=-1)[spoken]
        n_tokens = len(speech.symbols)
        assert read[0] <= 1 and read[-1] == n_tokens - 1
        # Diagonal: it looks at nearly every sounding token, and goes back next to never.
        sounding = [i for i, symbol in enumerate(speech.symbols) if symbol[0].isalpha()]
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


def test_the_seed_decides_the_sound(voices):
    voice = voices["kathleen-tacotron2"]
    a, b, c = (voice.speak("Good morning.", seed=seed).samples for seed in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert len(a) != len(c) or np.abs(a - c).max() > 1e-3


def test_controls_change_what_they_name_and_nothing_else(kathleen):
    text = "The harbor lights came on one by one."
    plain, fast, high = (
        kathleen.speak(text, **controls) for controls in ({}, {"speed": 1.5}, {"pitch": 4.0})
    )
    assert len(fast.samples) == pytest.approx(len(plain.samples) / 1.5, rel=0.03)
    assert len(high.samples) == len(plain.samples)
    f0 = [_median_f0(speech.samples) for speech in (plain, fast, high)]
    assert abs(12 * np.log2(f0[1] / f0[0])) < 1
    assert 2 < 12 * np.log2(f0[2] / f0[0]) < 6


def _median_f0(samples):
    f0_hz = track_f0(samples, 22050, hop_length=256)
    return np.median(f0_hz[f0_hz > 0])


def test_a_thousand_words_are_spoken_in_order_a_few_at_a_time(kathleen):
    text = " ".join((SENTENCES * 4)[:110])
    assert len(text.split()) > 1000
    sentences = kathleen.sentences(text)
    spoken = []
    for speech in kathleen.stream(text):
        spoken.append(speech.text)
        # Nothing but this sentence is kept, and a pause of silence ends it.
        assert speech.duration < 20
        assert not speech.samples[-int(0.1 * 22050) :].any()
        if len(spoken) == 24:
            break
    assert spoken == sentences[:24]


def test_a_warm_voice_compiles_nothing_more(monkeypatch):
    """Python code of the models runs while they are traced, and never again."""
    voice = Voice.from_preset("kathleen").warm_up()

    def trace_again(*_, **__):
        raise AssertionError("traced again")

    monkeypatch.setattr(type(voice.acoustic_model), "encode", trace_again)
    monkeypatch.setattr(type(voice.acoustic_model), "decode", trace_again)
    monkeypatch.setattr(type(voice.vocoder), "vocode", trace_again)
    assert sum(speech.duration for speech in voice.stream(" ".join(SENTENCES[:4]))) > 4


@pytest.mark.slow
def test_a_recognizer_understands_prose(voice):
    from keras_speech.evaluation import ClosedRecognizer

    # A language model of these sentences alone: easier than the one of the voice's own figures.
    recognizer = ClosedRecognizer(SENTENCES)
    takes = [(voice.speak(text).samples, 22050, text) for text in SENTENCES]
    highest = {"kathleen": 0.03, "kathleen-tacotron2": 0.12}[voice.name]
    assert recognizer.word_error_rate(takes).rate <= highest

"""What the recognizer is fed, and that utterances do not influence each other."""

import sys

import numpy as np
import pytest

from keras_speech.evaluation import recognizer
from keras_speech.evaluation.recognizer import ClosedRecognizer, FreeRecognizer, prepare_audio

TEXTS = ["Open the old door.", "Close the window, Zrallick!", "Open both windows."]


@pytest.fixture(scope="module")
def closed():
    return ClosedRecognizer(TEXTS)


def buzz(seconds=1.0, sample_rate=16_000, seed=0):
    """Pulses through random resonances that change four times a second: babble, not words."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(int(4 * seconds)):
        pulses = np.zeros(sample_rate // 4)
        pulses[:: sample_rate // 120] = 1.0
        for frequency in rng.uniform(300, 3000, 3):
            time = np.arange(400) / sample_rate
            response = np.exp(-120 * time) * np.cos(2 * np.pi * frequency * time)
            pulses = np.convolve(pulses, response)[: sample_rate // 4]
        out.append(pulses)
    return np.concatenate(out)


@pytest.mark.parametrize("sample_rate", [8_000, 16_000, 22_050])
def test_audio_has_the_level_and_the_edges(sample_rate):
    """1 s of tone: 16,000 samples of RMS 0.05 between two times 4,000 of noise of RMS 1e-4."""
    tone = 0.7 * np.sin(2 * np.pi * 440 * np.arange(sample_rate) / sample_rate)
    audio = prepare_audio(tone, sample_rate) / 32767
    assert audio.shape == (24_000,)
    assert np.sqrt(np.mean(audio[4_000:-4_000] ** 2)) == pytest.approx(0.05, rel=0.01)
    for edge in (audio[:3_990], audio[-3_990:]):
        assert np.sqrt(np.mean(edge**2)) == pytest.approx(recognizer.EDGE_NOISE, rel=0.1)


def test_level_of_the_input_does_not_matter():
    samples = buzz()
    assert np.array_equal(prepare_audio(samples, 16_000), prepare_audio(8 * samples, 16_000))


def test_silence_and_nothing_are_heard_as_nothing(closed):
    assert closed.transcribe(np.zeros(16_000), 16_000) == ""
    assert closed.transcribe(np.zeros(0), 22_050) == ""


def test_only_known_words_are_heard(closed):
    words = set(" ".join(map(closed.words, TEXTS)).split())
    assert set(closed.transcribe(buzz(3.0), 16_000).split()) <= words


def test_an_utterance_is_heard_the_same_after_others(closed):
    samples = buzz(2.0, seed=1)
    alone = ClosedRecognizer(TEXTS).transcribe(samples, 16_000)
    closed.transcribe(buzz(2.0, seed=2), 16_000)
    assert closed.transcribe(samples, 16_000) == alone


def test_errors_are_pooled_over_sentences(closed):
    score = closed.word_error_rate([(np.zeros(8_000), 16_000, text) for text in TEXTS])
    assert score.errors.words == 4 + 4 + 3
    assert score.rate == 1.0
    assert [each.reference for each in score.sentences] == [closed.words(t) for t in TEXTS]


def test_unknown_words_are_listed_with_their_pronunciation(closed):
    assert closed.fallbacks == {"zrallick": ("letters", "Z R AE L IH K")}
    other = ClosedRecognizer(TEXTS, letter_to_sound=lambda word: "Z R AA1 L IH0 K")
    assert other.fallbacks == {"zrallick": ("letters", "Z R AA L IH K")}


def test_normalize_comes_before_the_words_are_taken():
    closed = ClosedRecognizer(["@ door"], normalize=lambda text: text.replace("@", "open the"))
    assert closed.words("The @ door!") == "the open the door"


@pytest.mark.parametrize(
    "samples, message",
    [(np.zeros((2, 100)), "one-dimensional"), (np.array([0.0, np.nan]), "finite")],
)
def test_bad_audio_is_refused(closed, samples, message):
    with pytest.raises(ValueError, match=message):
        closed.transcribe(samples, 16_000)


def test_texts_must_be_a_list_with_words():
    with pytest.raises(ValueError, match="must be a list of sentences"):
        ClosedRecognizer("Open the door.")
    with pytest.raises(ValueError, match="at least one word"):
        ClosedRecognizer(["..."])


def test_the_free_recognizer_hears_any_words_the_same_each_time(closed):
    free = FreeRecognizer(normalize=lambda text: text.replace("@", "at"))
    samples = buzz(2.0, seed=2)
    heard = free.transcribe(samples, 16_000)
    assert heard and not set(heard.split()) <= set(closed.words(" ".join(TEXTS)).split())
    assert free.transcribe(np.zeros(16_000), 16_000) == ""
    assert free.transcribe(samples, 16_000) == heard
    assert free.words("@ Ten!") == "at ten"


@pytest.mark.parametrize("make", [lambda: ClosedRecognizer(TEXTS), FreeRecognizer])
def test_missing_pocketsphinx_says_what_to_install(monkeypatch, make):
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(ImportError, match=r'pip install "keras-speech\[evaluate\]"'):
        make()

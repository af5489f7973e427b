"""Speed, pitch and energy on their way from `speak` to the acoustic model and the level."""

import re
import tracemalloc

import numpy as np
import pytest

from keras_speech.voices import Voice, delivery
from voices.fake_models import FRAMES_PER_TOKEN, SPEC, ControlledAcoustic


@pytest.fixture
def controlled(make_voice):
    """A function that builds a voice whose model has the controls."""

    def make(**options):
        plain = make_voice()
        model = ControlledAcoustic(plain.tokenizer.vocabulary_size, SPEC.n_mels)
        model.table.assign(plain.acoustic_model.table)
        return make_voice(acoustic_model=model, **options)

    return make


def rms_db(samples):
    return 20 * np.log10(np.sqrt(np.mean(np.square(samples, dtype="float64"))))


@pytest.mark.parametrize("method", ["speak", "stream", "speak_to_file"])
def test_controls_reach_the_model(controlled, method, tmp_path):
    voice = controlled()
    asked = {"speed": 2.0, "pitch": -3.5, "energy": 4.0}
    arguments = [tmp_path / "a.wav"] if method == "speak_to_file" else []
    result = getattr(voice, method)("hello", *arguments, **asked)
    if method == "stream":
        list(result)
    (call,) = voice.acoustic_model.calls
    assert {name: call[name] for name in asked} == asked


def test_the_model_speeds_up_and_nothing_is_stretched_again(controlled):
    voice = controlled(level_db=None)
    normal, fast = (voice.speak("hello there", speed=speed) for speed in (1.0, 2.0))
    assert len(fast.mel) == 11 * FRAMES_PER_TOKEN // 2
    # A frame of each token, none in between.
    np.testing.assert_array_equal(fast.mel, normal.mel[::2])


def test_pauses_follow_the_speed(controlled):
    first, _ = controlled(pauses={".": 0.8}).stream("One. Two.", speed=2.0)
    # 0.8 s / 2 at 125 frames of 64 samples a second.
    rest = 50 * 64
    assert not first.samples[-rest:].any() and first.samples[-rest - 1]


@pytest.mark.parametrize("energy", [-12.0, 6.0])
def test_the_level_moves_with_the_energy(controlled, energy):
    voice = controlled(level_db=-26.0)
    normal, other = (voice.speak("hello", energy=each).samples for each in (0.0, energy))
    assert abs(rms_db(other) - rms_db(normal) - energy) < 0.01


def test_without_a_level_energy_is_the_model_s_own(controlled):
    voice = controlled(level_db=None)
    normal, softer = (voice.speak("hello", energy=each).samples for each in (0.0, -20.0))
    assert abs(rms_db(softer) - rms_db(normal) + 20.0) < 0.01


def test_energy_gives_way_to_the_peak(controlled):
    voice = controlled(level_db=-20.0, peak=0.5)
    assert np.abs(voice.speak("hello", energy=20.0).samples).max() == pytest.approx(0.5, abs=1e-3)


def test_neutral_controls_are_no_question_to_a_model_without_them(voice):
    plain = voice.speak("hello")
    asked = voice.speak("hello", pitch=0, energy=0.0)
    np.testing.assert_array_equal(plain.samples, asked.samples)


@pytest.mark.parametrize("name", ["pitch", "energy"])
def test_a_control_that_the_model_lacks_is_an_error(voice, name):
    message = f"`{name}` must be 0: the voice 'voice' .*FakeAcoustic.* control of {name}. Received"
    with pytest.raises(ValueError, match=message):
        voice.stream("hello", **{name: 3})
    assert voice.acoustic_model.calls == []


def test_a_model_may_have_some_of_the_controls(controlled):
    voice = controlled()
    voice.acoustic_model.controls = ("pitch",)
    speech = voice.speak("hello", pitch=2.0, speed=2.0)
    # The speed is left to stretching.
    assert voice.acoustic_model.calls[0]["speed"] == 1.0
    assert len(speech.mel) == 5 * FRAMES_PER_TOKEN // 2
    with pytest.raises(ValueError, match="`energy` must be 0"):
        voice.speak("hello", energy=1.0)


@pytest.mark.parametrize(
    "name, value, limits",
    [
        ("pitch", 12.5, "-12 to 12"),
        ("pitch", "high", "-12 to 12"),
        ("energy", -21, "-20 to 20"),
        ("energy", float("nan"), "-20 to 20"),
        ("speed", 0.2, "0.25 to 4"),
    ],
)
def test_a_control_out_of_range_is_an_error(controlled, voice, name, value, limits):
    for each in (controlled(), voice):
        with pytest.raises(ValueError, match=f"`{name}` must be a number from {limits}. Received"):
            each.speak("hello", **{name: value})


def test_a_saved_voice_keeps_its_controls(controlled, tmp_path):
    controlled().save_to_preset(tmp_path / "voice")
    voice = Voice.from_preset(tmp_path / "voice")
    assert len(voice.speak("hello", pitch=1.0, speed=4.0).mel) == 5


WORDS = "so we went on along the river until the evening came and it was late".split()


def thousand_words():
    """A text of 1,000 words in sentences of 3 to 15 words, some ending a paragraph."""
    random = np.random.default_rng(0)
    words, pieces = 0, []
    while words < 1000:
        n = min(int(random.integers(3, 16)), 1000 - words)
        end = random.choice([". ", "? ", "! ", ".\n\n"])
        pieces.append(" ".join(random.choice(WORDS, n)).capitalize() + end)
        words += n
    return "".join(pieces)


def test_a_thousand_words_come_in_order_with_their_pauses_in_little_memory(controlled):
    text = thousand_words()
    voice = controlled(spec=SPEC.replace(hop_length=64))
    sentences = voice.sentences(text)
    assert sum(len(sentence.split()) for sentence in sentences) == 1000
    voice.speak("hello")  # what is made once is no memory of the text
    tracemalloc.start()
    heard, made = [], 0
    for piece in voice.stream(text):
        heard.append(piece.text)
        made += piece.samples.nbytes + piece.mel.nbytes + piece.alignment.nbytes
        silent = len(piece.samples) - 1 - np.flatnonzero(piece.samples)[-1]
        if len(heard) < len(sentences):
            least = delivery.PAUSES[piece.text[-1]]
            assert silent / SPEC.sample_rate >= least - SPEC.hop_length / SPEC.sample_rate
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert heard == sentences == [each.strip() for each in re.split(r"(?<=[.?!])\s+", text.strip())]
    # Eight sentences of at most 15 words at once, of more than a hundred.
    assert made > 1e7 and peak < made / 4

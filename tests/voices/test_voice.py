import contextlib
import tracemalloc

import numpy as np
import pytest

from keras_speech.text import CharacterTokenizer
from voices.fake_models import FRAMES_PER_TOKEN, SPEC, FakeVocoder


def test_samples_mel_and_alignment_have_the_sentence_length(voice):
    speech = voice.speak("hello")
    # The voice's model says a token in four frames of two steps: 5 * 4 frames, 5 * 2 steps.
    assert speech.mel.shape == (20, voice.spec.n_mels)
    assert speech.samples.shape == (20 * voice.spec.hop_length,)
    assert speech.alignment.shape == (10, 5)
    assert speech.symbols == tuple("hello")
    assert speech.samples.dtype == speech.mel.dtype == np.float32


def test_same_seed_same_samples_other_seed_others(make_voice):
    voice = make_voice(model={"noise": 0.3})
    first = voice.speak("one. two.", seed=3).samples
    np.testing.assert_array_equal(first, voice.speak("one. two.", seed=3).samples)
    assert not np.array_equal(first, voice.speak("one. two.", seed=4).samples)


def test_warming_up_speaks_and_gives_the_voice(voice):
    assert voice.warm_up("hello") is voice
    (call,) = voice.acoustic_model.calls
    assert call["shape"] == (1, 5)


def test_no_seed_draws_one(make_voice):
    voice = make_voice(model={"noise": 0.3})
    voice.speak("one", seed=None)
    voice.speak("one", seed=None)
    first, second = (call["seed"] for call in voice.acoustic_model.calls)
    assert first != second


def test_sentence_sounds_the_same_wherever_it_stands(make_voice):
    voice = make_voice(model={"noise": 0.3})
    alone = voice.speak("Me too.", seed=5)
    *_, last = voice.stream("They go. You go away. Me too.", seed=5, batch_size=1)
    np.testing.assert_array_equal(last.samples, alone.samples)


@pytest.mark.parametrize("batch_size", [1, 2, 8])
def test_batch_size_changes_nothing_for_a_model_without_noise(voice, batch_size):
    text = "A first one. A second one! And a third, is it? No."
    expected = voice.speak(text, batch_size=3)
    speech = voice.speak(text, batch_size=batch_size)
    np.testing.assert_array_equal(speech.samples, expected.samples)
    np.testing.assert_array_equal(speech.alignment, expected.alignment)


def test_sentences_are_batched(voice):
    voice.speak("Abcd efg. Hijk lmn. Opqr stu.")
    assert [call["shape"][0] for call in voice.acoustic_model.calls] == [3]


def test_stream_joined_is_speak(voice):
    text = "One is here. Two is there? Three."
    pieces = list(voice.stream(text))
    assert len(pieces) == 3
    np.testing.assert_array_equal(
        np.concatenate([piece.samples for piece in pieces]), voice.speak(text).samples
    )


def test_pause_is_silence_as_long_as_punctuation_says(make_voice):
    voice = make_voice(pauses={"?": 0.5})
    question, answer = voice.stream("Well? Yes.")
    # 0.5 s at 8000 / 64 = 125 frames a second: 62.5 frames, and a frame is 64 samples.
    rest = 62 * 64
    assert len(question.samples) == 5 * FRAMES_PER_TOKEN * 64 + rest
    assert not question.samples[-rest:].any()
    assert question.samples[-rest - 1]
    np.testing.assert_allclose(question.mel[-1], np.log(voice.spec.log_floor), rtol=1e-6)
    # Nothing follows the last sentence.
    assert len(answer.samples) == 4 * FRAMES_PER_TOKEN * 64


def test_long_text_keeps_samples_only(voice):
    text = "This is one. " * 9
    speech = voice.speak(text)
    assert speech.mel is None and speech.alignment is None
    assert speech.text == text
    np.testing.assert_array_equal(
        speech.samples, np.concatenate([piece.samples for piece in voice.stream(text)])
    )


def test_stream_generates_only_what_is_asked_for(voice):
    stream = voice.stream("This is one. " * 9, batch_size=4)
    assert voice.acoustic_model.calls == []
    next(stream)
    assert len(voice.acoustic_model.calls) == 1
    list(stream)
    # The first sentence alone, so that it is heard soon; then as many as come in twice the time.
    assert [call["shape"][0] for call in voice.acoustic_model.calls] == [1, 2, 4, 2]


SENTENCE = "This is a sentence of a very long book" + ", which is a long one" * 7 + ".\n"


def test_memory_does_not_grow_with_the_text(make_voice):
    voice = make_voice(spec=SPEC.replace(hop_length=4, n_mels=2))
    # Normalization takes most of the time and is not what is measured here.
    voice.tokenizer = _LetterTokenizer(voice.tokenizer.symbols)
    tracemalloc.start()
    yielded = 0
    for piece in voice.stream(SENTENCE * 500, batch_size=2):
        yielded += piece.samples.nbytes + piece.mel.nbytes + piece.alignment.nbytes
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert yielded > 1e8 and peak < 1e7


def test_megabyte_of_text_begins_with_its_first_sentences(voice):
    text = SENTENCE * 5348
    assert len(text) > 1_000_000
    assert next(voice.stream(text, batch_size=2)).text == SENTENCE.strip()
    assert len(voice.sentences(text)) == 5348
    assert len(voice.acoustic_model.calls) == 1


class _LetterTokenizer:
    def __init__(self, symbols):
        self.symbols = symbols

    def unknown(self, text):
        return []

    def __call__(self, texts):
        index = {symbol: token for token, symbol in enumerate(self.symbols)}
        rows = [[index[each] for each in text.lower() if each in index] for text in texts]
        lengths = np.array([len(row) for row in rows])
        tokens = [row + [0] * (lengths.max() - len(row)) for row in rows]
        return np.array(tokens), lengths


def test_speed_changes_length_and_not_the_frames(make_voice):
    voice = make_voice(level_db=None)
    normal, fast, slow = (voice.speak("hello there", speed=speed) for speed in (1.0, 2.0, 0.5))
    assert len(fast.samples) * 2 == len(normal.samples) == len(slow.samples) // 2
    # A frame says which pitch and vowel it is: the first and the last stay as they were.
    for speech in (fast, slow):
        np.testing.assert_allclose(speech.mel[[0, -1]], normal.mel[[0, -1]], rtol=1e-5)


@pytest.mark.parametrize("text", ["", "  \n\n ", "...", "?! -", "\udcff", "漢字"])
def test_text_without_anything_to_say_raises(voice, text):
    with pytest.warns() if text == "漢字" else contextlib.nullcontext():
        with pytest.raises(ValueError, match="`text` must"):
            voice.speak(text)
    assert voice.acoustic_model.calls == []


@pytest.mark.parametrize("text", [None, 5, b"hello", ["hello"]])
def test_text_that_is_no_str_raises(voice, text):
    with pytest.raises(ValueError, match="`text` must be a str"):
        voice.speak(text)


@pytest.mark.parametrize("speed", [0, 0.2, 4.1, -1, float("nan"), "fast", True, None])
def test_speed_out_of_range_raises(voice, speed):
    with pytest.raises(ValueError, match="`speed` must be a number from 0.25 to 4.*Received"):
        voice.speak("hello", speed=speed)


@pytest.mark.parametrize("name, value", [("seed", -1), ("batch_size", 0), ("max_frames", 2.5)])
def test_bad_number_raises_before_the_first_sentence(voice, name, value):
    with pytest.raises(ValueError, match=f"`{name}` must be a whole number"):
        voice.stream("hello", **{name: value})


def test_unspeakable_sentences_between_others_are_left_out(voice):
    assert [piece.text for piece in voice.stream("Hello there. ... ! Bye now.")][
        0
    ] == "Hello there."


def test_what_is_no_unicode_is_dropped(voice):
    damaged = voice.speak("hel\udcfflo")
    np.testing.assert_array_equal(damaged.samples, voice.speak("hello").samples)


def test_dropped_characters_are_named_once(voice):
    with pytest.warns(UserWarning, match="漢") as caught:
        voice.speak("Hello 漢. Again 漢.")
    told = [str(each.message) for each in caught if each.category is UserWarning]
    assert told == ["Characters that the voice 'voice' cannot speak are dropped: 漢"]


def test_sentence_that_does_not_stop_is_named(voice):
    with pytest.warns(UserWarning, match="Sentence 2 did not stop.*a longer sentence"):
        speech = voice.speak("Short. And a longer sentence than that.", max_frames=40)
    assert len(speech.mel) >= 40


def test_speakers_are_chosen_by_name_or_index(make_voice):
    voice = make_voice(model={"n_speakers": 2}, speakers=["ann", "bob"])
    for speaker in (None, "ann", "bob", 1):
        voice.speak("hello", speaker=speaker)
    chosen = [int(call["speaker"][0]) for call in voice.acoustic_model.calls]
    assert chosen == [0, 0, 1, 1]


@pytest.mark.parametrize("speaker", ["eve", 2, -1, 0.0])
def test_unknown_speaker_raises(make_voice, speaker):
    voice = make_voice(model={"n_speakers": 2}, speakers=["ann", "bob"])
    with pytest.raises(ValueError, match="`speaker` must be one of ann, bob. Received"):
        voice.speak("hello", speaker=speaker)


def test_speaker_for_a_single_voice_raises(voice):
    with pytest.raises(ValueError, match="one speaker only. Received: speaker='ann'"):
        voice.speak("hello", speaker="ann")


def test_level_is_reached_and_nothing_clips(make_voice):
    speech = make_voice(level_db=-26.0).speak("hello there")
    loud = np.sqrt(np.mean(np.square(speech.samples[: 512 * 3]))) / 10 ** (-26 / 20)
    assert 0.3 < loud < 3
    assert np.abs(make_voice(level_db=0.0, peak=0.5).speak("hello").samples).max() <= 0.5001


def test_specs_that_differ_raise_with_both_values(make_voice):
    other = SPEC.replace(hop_length=32, fmin=50.0)
    with pytest.raises(ValueError) as error:
        make_voice(vocoder=FakeVocoder(other))
    for value in ("hop_length: 64 (voice), 32 (vocoder)", "fmin: 0.0 (voice), 50.0 (vocoder)"):
        assert value in str(error.value)


def test_model_with_other_bands_raises_with_both_values(make_voice):
    with pytest.raises(ValueError, match=r"n_mels=20 \(spec\), n_mels=40 \(acoustic model\)"):
        make_voice(model={"n_mels": 40})


def test_model_with_other_vocabulary_raises_with_both_values(make_voice):
    tokenizer = CharacterTokenizer("ab", None)
    with pytest.raises(ValueError, match=r"=3 \(tokenizer\), vocabulary_size=9 \(acoustic"):
        make_voice(tokenizer=tokenizer, model={"vocabulary_size": 9})


def test_names_must_be_of_each_speaker(make_voice):
    with pytest.raises(ValueError, match="1 names for n_speakers=2"):
        make_voice(model={"n_speakers": 2}, speakers=["ann"])


@pytest.mark.parametrize(
    "name, value",
    [
        ("level_db", 3),
        ("peak", 0),
        ("pauses", {"x": 1.0}),
        ("pauses", {".": -1}),
        ("metadata", {"trained": object()}),
        ("speakers", ["ann", "ann"]),
    ],
)
def test_bad_setting_raises(make_voice, name, value):
    with pytest.raises(ValueError, match=f"`{name}.* must be"):
        make_voice(**{name: value})


@pytest.mark.parametrize("part", ["acoustic_model", "vocoder"])
def test_part_without_generate_raises(make_voice, part):
    with pytest.raises(ValueError, match=f"`{part}` must be a model with `generate`"):
        make_voice(**{part: object()})


def test_broken_weights_raise(voice):
    voice.acoustic_model.table.assign(np.full(voice.acoustic_model.table.shape, np.nan))
    with pytest.raises(ValueError, match="not finite"):
        voice.speak("hello")

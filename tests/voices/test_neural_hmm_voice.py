"""A voice that speaks with a neural HMM leaves the speed to it."""

import math

import numpy as np
import pytest

from keras_speech.models import GriffinLim, NeuralHMMTTS
from keras_speech.models.neural_hmm.decoder import FIRST_LEAVE
from keras_speech.text import CharacterTokenizer
from keras_speech.voices import Voice
from tiny_neural_hmm import TINY
from voices.fake_models import SPEC


@pytest.fixture(scope="module")
def voice():
    """It has learned nothing: every state is left with the same probability after each step."""
    tokenizer = CharacterTokenizer()
    sizes = {**TINY, "vocabulary_size": tokenizer.vocabulary_size, "n_mels": SPEC.n_mels}
    return Voice(tokenizer, NeuralHMMTTS(**sizes), GriffinLim(SPEC, n_iter=1), SPEC)


def frames_per_state(speed):
    """Steps after which the probability of having left, `1 - (1 - p)^(speed n)`, reaches 1/2."""
    return math.ceil(math.log(2.0) / (-math.log(1.0 - FIRST_LEAVE) * speed))


@pytest.mark.parametrize("speed", [1.0, 2.0, 0.5])
def test_the_states_are_left_sooner_and_nothing_is_stretched(voice, speed):
    speech = voice.speak("hello", speed=speed)
    n_states = 2 * len(speech.symbols)
    assert len(speech.mel) == n_states * frames_per_state(speed)
    # Every frame is one that the model said, of one token, for as long as its two states last.
    per_token = np.bincount(np.argmax(speech.alignment, axis=1), minlength=len(speech.symbols))
    assert per_token.tolist() == [2 * frames_per_state(speed)] * len(speech.symbols)


def test_twice_as_fast_differs_from_half_of_the_frames():
    """The numbers above tell the model's own speed from a stretched mel."""
    assert [frames_per_state(speed) for speed in (0.5, 1.0, 2.0)] == [10, 5, 3]


def test_a_saved_voice_keeps_the_control(voice, tmp_path):
    loaded = Voice.from_preset(voice.save_to_preset(tmp_path / "voice"))
    assert loaded.acoustic_model.controls == ("speed",)
    with pytest.raises(ValueError, match="`pitch` must be 0.*NeuralHMMTTS.*control of pitch"):
        loaded.speak("hello", pitch=1.0)

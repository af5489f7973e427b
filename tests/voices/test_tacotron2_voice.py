"""A voice of the real parts: Tacotron 2, Griffin-Lim and the character tokenizer, tiny."""

import numpy as np
import pytest

from keras_speech.models import GriffinLim, Tacotron2
from keras_speech.text import CharacterTokenizer
from keras_speech.voices import Voice
from voices.fake_models import SPEC

MAX_FRAMES = 24


@pytest.fixture(scope="module")
def voice():
    tokenizer = CharacterTokenizer()
    acoustic_model = Tacotron2(
        vocabulary_size=tokenizer.vocabulary_size,
        n_mels=SPEC.n_mels,
        reduction=2,
        encoder_channels=16,
        prenet_units=(8,),
        attention_lstm_units=16,
        decoder_lstm_units=16,
        attention_units=8,
        attention_filters=4,
        attention_kernel_size=5,
        postnet_filters=8,
        postnet_layers=2,
    )
    return Voice(tokenizer, acoustic_model, GriffinLim(SPEC, n_iter=3), SPEC)


@pytest.mark.filterwarnings("ignore:Sentence .* did not stop")
def test_untrained_model_speaks_until_the_limit(voice):
    speech = voice.speak("Hello there.", max_frames=MAX_FRAMES)
    frames = len(speech.mel)
    assert 2 <= frames <= MAX_FRAMES
    assert speech.samples.shape == (frames * SPEC.hop_length,)
    assert speech.alignment.shape[1] == len("hello there.")
    np.testing.assert_allclose(speech.alignment.sum(axis=1), 1, rtol=1e-4)


@pytest.mark.filterwarnings("ignore:Sentence .* did not stop")
def test_batch_and_saving_change_nothing(voice, tmp_path):
    text = "One is here. Two is there? And this one is three, a little longer."
    expected = voice.speak(text, max_frames=MAX_FRAMES, batch_size=1).samples
    together = voice.speak(text, max_frames=MAX_FRAMES, batch_size=8).samples
    np.testing.assert_allclose(together, expected, atol=1e-3)
    loaded = Voice.from_preset(voice.save_to_preset(tmp_path / "voice"))
    again = loaded.speak(text, max_frames=MAX_FRAMES, batch_size=1).samples
    np.testing.assert_allclose(again, expected, atol=1e-5)

"""A voice that speaks with Tacotron, tiny, and Griffin-Lim."""

import numpy as np
import pytest

from keras_speech.models import GriffinLim, Tacotron
from keras_speech.text import CharacterTokenizer
from keras_speech.voices import Voice
from voices.fake_models import SPEC

MAX_FRAMES = 24


@pytest.mark.filterwarnings("ignore:Sentence .* did not stop")
def test_batch_and_saving_change_nothing(tmp_path):
    tokenizer = CharacterTokenizer()
    acoustic_model = Tacotron(
        vocabulary_size=tokenizer.vocabulary_size,
        n_mels=SPEC.n_mels,
        n_freqs=SPEC.n_freqs,
        embedding_channels=8,
        encoder_units=6,
        encoder_prenet_units=(8, 6),
        encoder_bank_size=3,
        prenet_units=(8,),
        attention_rnn_units=8,
        attention="forward",
        attention_units=6,
        decoder_units=8,
        postnet_units=6,
        postnet_bank_size=2,
        postnet_projection_channels=6,
        highway_layers=1,
    )
    voice = Voice(tokenizer, acoustic_model, GriffinLim(SPEC, n_iter=3), SPEC)
    text = "One is here. Two is there? And this one is three, a little longer."
    expected = voice.speak(text, max_frames=MAX_FRAMES, batch_size=1).samples
    assert len(expected) >= 3 * SPEC.hop_length
    together = voice.speak(text, max_frames=MAX_FRAMES, batch_size=8).samples
    np.testing.assert_allclose(together, expected, atol=1e-3)
    loaded = Voice.from_preset(voice.save_to_preset(tmp_path / "voice"))
    again = loaded.speak(text, max_frames=MAX_FRAMES, batch_size=1).samples
    np.testing.assert_allclose(again, expected, atol=1e-5)

"""A voice small enough to build in every test."""

import pytest

from keras_speech.text import CharacterTokenizer
from keras_speech.voices import Voice
from voices.fake_models import SPEC, FakeAcoustic, FakeVocoder


@pytest.fixture
def make_voice():
    """A function that builds a voice, its parts replaced by keyword."""

    def make(
        *, tokenizer=None, acoustic_model=None, vocoder=None, spec=SPEC, model=None, **options
    ):
        # Normalization takes most of the time, and is tested where a voice is of real parts.
        tokenizer = tokenizer or CharacterTokenizer(normalizer=None, lowercase=True)
        if acoustic_model is None:
            arguments = {"vocabulary_size": tokenizer.vocabulary_size, "n_mels": spec.n_mels}
            acoustic_model = FakeAcoustic(**{**arguments, **(model or {})})
        return Voice(tokenizer, acoustic_model, vocoder or FakeVocoder(spec), spec, **options)

    return make


@pytest.fixture
def voice(make_voice):
    return make_voice()

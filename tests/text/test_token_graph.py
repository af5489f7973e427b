"""The graph of a tokenizer gives what the tokenizer gives, errors included."""

import json
from pathlib import Path

import numpy as np
import pytest

from keras_speech import voices
from keras_speech.text import CharacterTokenizer, LexiconTokenizer, tokenizer_from_config
from keras_speech.text.token_graph import token_graph
from voices.fake_models import SPEC, FakeAcoustic, FakeVocoder

KATHLEEN = Path(voices.__file__).parent / "presets" / "kathleen"

TEXTS = ["Dr. Who paid $3.50 at 10:30.", "", "ünd — {HH AH0 L OW1} there?", "A", "xqzt " * 40]


@pytest.mark.parametrize("kind", ["characters", "phones"])
def test_tokens_are_those_of_the_tokenizer(kind):
    if kind == "phones":
        saved = json.loads((KATHLEEN / "voice.json").read_text())["tokenizer"]
        tokenizer = tokenizer_from_config(saved, KATHLEEN / "tokenizer")
    else:
        tokenizer = CharacterTokenizer()
    graph = token_graph(tokenizer)
    for texts in (TEXTS, TEXTS[:1], TEXTS[1:2], TEXTS[3:]):
        for made, expected in zip(graph(texts), tokenizer(texts), strict=True):
            np.testing.assert_array_equal(made, expected)


def test_what_the_tokenizer_refuses_is_refused():
    tokenizer = LexiconTokenizer({"one": "W AH N"}, {})
    graph = token_graph(tokenizer)
    np.testing.assert_array_equal(graph(["one"])[0], tokenizer(["one"])[0])
    with pytest.raises(ValueError, match="Braces must hold ARPAbet phones .* 'NOPE' in {NOPE}"):
        graph(["one", "{NOPE}"])
    # Halves of characters are dropped by both.
    np.testing.assert_array_equal(graph(["\ud800one"])[0], tokenizer(["one"])[0])


def test_a_warm_voice_reads_by_the_tokenizer_it_is_given(tmp_path):
    tokenizer = LexiconTokenizer({"a": "AH0", "bee": "B IY1"}, {}, stress=True, normalizer=None)
    acoustic_model = FakeAcoustic(tokenizer.vocabulary_size, SPEC.n_mels)
    voice = voices.Voice(tokenizer, acoustic_model, FakeVocoder(SPEC), SPEC).warm_up("A bee.")
    symbols = tokenizer.symbols
    words = tmp_path / "words.txt"
    words.write_text("BEE  B EY1\n")
    before = voice.tokens_of(["a bee"])[0]
    voice.tokenizer = voice.tokenizer.with_extra(words)
    for tokens_of in (voice.tokens_of, voice.warm_up("A bee.").tokens_of):
        after = tokens_of(["a bee"])[0]
        assert symbols[before[0][-1]] == "IY1" and symbols[after[0][-1]] == "EY1"

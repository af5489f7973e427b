import json
from pathlib import Path

from keras_speech import text, voices

LINES = Path(__file__).with_name("kathleen_phones.tsv").read_text(encoding="utf-8").splitlines()
PRESET = Path(voices.__file__).parent / "presets" / "kathleen-tacotron2"


def test_bundled_voice_reads_what_it_was_trained_on():
    """Symbols and their tokens are part of trained weights; so is how text becomes them."""
    # Settings as they were saved before any option was added.
    config = {
        "class_name": "LexiconTokenizer",
        "config": {"stress": False, "normalizer": "english"},
    }
    tokenizer = text.tokenizer_from_config(config, PRESET / "tokenizer")
    texts, expected = zip(*(line.split("\t") for line in LINES[1:]), strict=True)
    assert len(texts) == 342
    tokens, lengths = tokenizer(list(texts))
    assert tokenizer.detokenize(tokens, lengths) == list(expected)
    assert tokenizer.symbols[:9] == ["<pad>", " ", ".", ",", "!", "?", ";", ":", "-"]
    assert tokenizer.symbols[9:14] == ["AA", "AE", "AH", "AO", "AW"]
    assert tokenizer.vocabulary_size == 48


def test_bundled_voice_has_this_tokenizer():
    fields = json.loads((PRESET / "voice.json").read_text())
    assert fields["tokenizer"]["class_name"] == "LexiconTokenizer"
    assert fields["tokenizer"]["config"].get("heteronyms", "first") == "first"

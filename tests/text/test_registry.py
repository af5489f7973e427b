import json

import pytest

from keras_speech import text
from keras_speech.text import registry


def test_round_trip_through_json():
    tokenizer = text.CharacterTokenizer("abc", normalizer=None)
    config = json.loads(json.dumps(registry.tokenizer_to_config(tokenizer)))
    copy = registry.tokenizer_from_config(config)
    assert type(copy) is text.CharacterTokenizer
    assert copy.get_config() == tokenizer.get_config()


@pytest.mark.parametrize("name", ["os.system", "subprocess", "Tokenizer", None, ["x"]])
def test_only_known_names_are_loaded(name):
    with pytest.raises(ValueError, match="`class_name` must be one of"):
        registry.tokenizer_from_config({"class_name": name, "config": {}})


@pytest.mark.parametrize("config", [None, {}, {"class_name": "CharacterTokenizer"}, "text"])
def test_incomplete_configs_are_refused(config):
    with pytest.raises(ValueError, match='`config` must be a dict with "class_name"'):
        registry.tokenizer_from_config(config)


def test_only_own_tokenizers_are_written():
    class CharacterTokenizer:
        def get_config(self):
            return {}

    for stranger in (CharacterTokenizer(), object()):
        with pytest.raises(ValueError, match="`tokenizer` must be one of"):
            registry.tokenizer_to_config(stranger)


def test_public_names_resolve():
    assert set(dir(text)) >= set(text.__all__)
    for name in text.__all__:
        assert getattr(text, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = text.nothing

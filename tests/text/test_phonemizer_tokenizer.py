import sys

import pytest
import tensorflow as tf

from keras_speech.text import espeak, ipa, registry
from keras_speech.text.phonemizer_tokenizer import PhonemizerTokenizer


@pytest.fixture(scope="module")
def german():
    return PhonemizerTokenizer("de")


def test_text_becomes_ipa_with_punctuation(german):
    said = german.detokenize(*german(["Guten Tag, Welt!", "... Welt - (Tag).\n„Welt?“", "", "…!"]))
    assert said == ["ɡˈuːtən tˈɑːk,vˈɛlt!", "vˈɛlt-tˈɑːk.vˈɛlt?", "", ""]


def test_marks_inside_numbers_are_read_with_them(german):
    numbers = german.detokenize(*german(["3,14", "drei Komma eins vier"]))
    # Said alike but for the digits after the comma: eSpeak reads them one by one.
    assert numbers[0].startswith("dɾˈaɪ kˈɔmaː ˈaɪns") or "," not in numbers[0]
    assert ":" not in german.detokenize(german("10:30 Uhr")[0])


def test_stress_can_be_left_out():
    plain = PhonemizerTokenizer("de", stress=False)
    assert plain.detokenize(plain("Guten Tag")[0]) == "ɡuːtən tɑːk"


@pytest.mark.parametrize(
    "language, text, said",
    [
        ("fr-fr", "Bonjour, le monde !", "bɔ̃ʒˈuʁ,lə mˈɔ̃d!"),
        ("es", "¿Qué tal? ¡Hola!", "kˈe tˈal?ˈola!"),
        ("cmn", "你好，世界。", None),
        ("hi", "नमस्ते दुनिया।", None),
        ("ar", "صباح الخير، يا عالم؟", None),
    ],
)
def test_languages_have_all_their_symbols(language, text, said):
    tokenizer = PhonemizerTokenizer(language)
    assert tokenizer.unknown(text) == []
    line = tokenizer.detokenize(tokenizer(text)[0])
    assert line == (said or line)
    assert line[-1] in ipa.PUNCTUATION and len(line) > 8
    assert not any(letter in line for letter in text if letter.isalpha() and not letter.isascii())


def test_batch_is_padded_with_zeros_and_equals_its_rows(german):
    texts = ["Guten Tag", "", "Ja."]
    tokens, lengths = german(texts)
    assert tokens.dtype == lengths.dtype == tf.int32
    assert tokens.shape == (3, max(lengths))
    for row, length, text in zip(tokens.numpy(), lengths.numpy(), texts, strict=True):
        alone, alone_length = german(tf.constant(text))
        assert alone_length == length and row[:length].tolist() == alone.numpy().tolist()
        assert not row[length:].any()
    assert german([])[0].shape[0] == 0


def test_symbols_are_all_different_and_fit_the_tokens(german):
    assert len(set(german.symbols)) == german.vocabulary_size == len(german.symbols)
    assert german.symbols[:9] == ["<pad>", " ", ".", ",", "!", "?", ";", ":", "-"]
    with pytest.raises(ValueError, match=f"Received: {german.vocabulary_size}"):
        german.detokenize([german.vocabulary_size])


def test_a_graph_is_refused(german):
    with pytest.raises(ValueError, match="not exported"):
        tf.function(lambda texts: german(texts)[0])(tf.constant(["Tag"]))


def test_config_round_trip(tmp_path):
    tokenizer = PhonemizerTokenizer("fr-fr", stress=False)
    copy = registry.tokenizer_from_config(registry.tokenizer_to_config(tokenizer), tmp_path)
    assert type(copy) is PhonemizerTokenizer
    assert copy.get_config() == {"language": "fr-fr", "stress": False}


def test_unknown_language_is_named():
    tokenizer = PhonemizerTokenizer("de-xx")
    with pytest.raises(ValueError, match="such as de.*language='de-xx'"):
        tokenizer(["Tag"])


def test_without_the_packages_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "phonemizer.backend", None)
    tokenizer = PhonemizerTokenizer("de")  # made and saved without them
    with pytest.raises(ImportError, match=r"pip install 'keras-speech\[phonemizer\]'"):
        tokenizer(["Tag"])


def test_a_library_of_the_system_goes_first(monkeypatch):
    from phonemizer.backend.espeak.wrapper import EspeakWrapper

    calls = []
    monkeypatch.setattr(EspeakWrapper, "set_library", calls.append)
    monkeypatch.setattr(EspeakWrapper, "set_data_path", calls.append)
    monkeypatch.setenv("PHONEMIZER_ESPEAK_LIBRARY", "/usr/lib/libespeak-ng.so.1")
    espeak._use_packaged_library()
    assert calls == []
    monkeypatch.delenv("PHONEMIZER_ESPEAK_LIBRARY")
    espeak._use_packaged_library()
    assert len(calls) == 2

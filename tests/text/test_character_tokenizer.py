import json

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.text import character_tokenizer

CharacterTokenizer = character_tokenizer.CharacterTokenizer
TEXTS = ["Dr. Who paid $3.50!", "", "☕", "Don't (ever) stop — at 10:30."]


def plain(**arguments):
    return CharacterTokenizer(**{"normalizer": None, **arguments})


def test_detokenize_inverts_tokenize_up_to_normalization():
    tokenizer = CharacterTokenizer()
    tokens, lengths = tokenizer(TEXTS)
    normalized = [text.decode() for text in tokenizer.normalize(TEXTS).numpy()]
    assert normalized[0] == "doctor who paid three dollars and fifty cents!"
    assert tokenizer.detokenize(tokens, lengths) == normalized
    assert tokenizer.detokenize(tokens) == normalized
    assert tokenizer.detokenize(tokenizer.ragged(TEXTS)) == normalized
    assert tokenizer(normalized)[0].numpy().tolist() == tokens.numpy().tolist()


def test_tokens_are_places_in_symbols_and_padding_is_zero():
    tokenizer = plain(alphabet="ab c")
    tokens, lengths = tokenizer(["cab", "b"])
    assert tokenizer.symbols == ["<pad>", "a", "b", " ", "c"]
    assert tokenizer.vocabulary_size == 5
    assert tokens.numpy().tolist() == [[4, 1, 2], [2, 0, 0]]
    assert lengths.numpy().tolist() == [3, 1]
    assert tokens.dtype == lengths.dtype == tf.int32


def test_text_without_speakable_characters_has_length_zero():
    tokens, lengths = CharacterTokenizer()(["", "☕", " ?! ", b"\xff"])
    assert lengths.numpy().tolist() == [0, 0, 0, 0]
    assert tokens.shape == (4, 0)


def test_one_text_has_no_batch_axis():
    tokenizer = CharacterTokenizer()
    tokens, length = tokenizer("Hi.")
    assert tokens.shape == (3,) and int(length) == 3
    assert tokenizer.detokenize(tokens) == "hi."
    assert tokenizer.detokenize(np.pad(tokens, (0, 2)), lengths=2) == "hi"


@pytest.mark.parametrize(
    ("alphabet", "text", "expected"),
    [
        (" abcdefghijklmnopqrstuvwxyzäöüß", "Größe Äß", "größe äß"),
        (" абвгдежзийклмнопрстуфхцчшщъыьэюя", "Привет МИР", "привет мир"),
        ("日本語", "日本x語", "日本語"),
        ("😀é", "é😀!", "é😀"),
    ],
)
def test_other_alphabets(alphabet, text, expected):
    tokenizer = plain(alphabet=alphabet, lowercase=True)
    tokens, lengths = tokenizer([text])
    assert tokenizer.detokenize(tokens) == [expected]
    assert lengths.numpy().tolist() == [len(expected)]
    assert tokenizer.normalize([text]).numpy()[0].decode() == expected


def test_case_stays_without_normalizer_and_lowercase():
    tokenizer = plain(alphabet="aA")
    assert tokenizer.detokenize(tokenizer(["AaB"])[0]) == ["Aa"]


def test_unknown_lists_dropped_characters():
    assert CharacterTokenizer().unknown("Ein ☕ für я ☕") == ["☕", "я"]
    assert plain(alphabet="abc").unknown("abcdAd") == ["d", "A"]
    assert plain(alphabet="abc", lowercase=True).unknown("aAd") == ["d"]
    without_marks = CharacterTokenizer(" abcdefghijklmnopqrstuvwxyz")
    assert without_marks.unknown("So, yes!") == [",", "!"]


@pytest.mark.parametrize("tokenizer", [CharacterTokenizer(), plain(alphabet="äb", lowercase=True)])
def test_config_round_trip_through_json(tokenizer):
    copy = CharacterTokenizer.from_config(json.loads(json.dumps(tokenizer.get_config())))
    assert copy.get_config() == tokenizer.get_config()
    assert copy.symbols == tokenizer.symbols
    assert copy(["ab ä"])[0].numpy().tolist() == tokenizer(["ab ä"])[0].numpy().tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"alphabet": ""}, "`alphabet` must not be empty"),
        ({"alphabet": []}, "`alphabet` must not be empty"),
        ({"alphabet": "abca"}, r"twice. Received twice: \['a'\]"),
        ({"alphabet": ["a", "bc"]}, "single characters .* Received: 'bc'"),
        ({"alphabet": ["a", "e\u0301"]}, "one Unicode code point"),
        ({"alphabet": ["a", ""]}, "single characters"),
        ({"alphabet": ["a", 1]}, "single characters .* Received: 1"),
        ({"alphabet": None}, "must be a string or a list"),
        ({"normalizer": "german"}, '`normalizer` must be "english" or None'),
    ],
)
def test_constructor_errors_name_the_argument(arguments, message):
    with pytest.raises(ValueError, match=message):
        CharacterTokenizer(**arguments)


def test_call_errors():
    with pytest.raises(ValueError, match=r"`texts` must be .* shape=\(1, 1\)"):
        CharacterTokenizer()([["nested"]])
    with pytest.raises(ValueError, match=r"`tokens` must lie in \[0, 3\). Received: 3"):
        plain(alphabet="ab").detokenize([[1, 3]])


def test_dataset_function_and_saved_model_give_the_same_tokens(tmp_path):
    tokenizer = CharacterTokenizer()
    expected = tokenizer.ragged(TEXTS).to_list()
    rows = tf.data.Dataset.from_tensor_slices(TEXTS).map(tokenizer)
    assert [tokens.numpy().tolist() for tokens, _ in rows] == expected

    class Module(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def tokenize(self, texts):
            return tokenizer(texts)

    tf.saved_model.save(Module(), str(tmp_path))
    tokens, lengths = tf.saved_model.load(str(tmp_path)).tokenize(tf.constant(TEXTS))
    trimmed = [row[:length].tolist() for row, length in zip(tokens.numpy(), lengths, strict=True)]
    assert trimmed == expected

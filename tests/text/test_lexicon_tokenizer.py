import gzip
import os

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.text import lexicon_tokenizer, phones

LEXICON = {
    "hello": "HH AH L OW",
    "world": "W ER L D",
    "the": "DH AH",
    "don't": "D OW N T",
    "o'clock": "AH K L AA K",
    "'em": "AH M",
    "em": "EH M",
    "boss": "B AO S",
    "cat": "K AE T",
    "twenty": "T W EH N T IY",
    "one": "W AH N",
}
RULES = {"(f)": "1 F", "(o)": "1 AA", "(x)": "1 K S", "(x)#": "1 K S", "(b)": "1 B", "(e)#": "1 _"}
STRESSED = {"hello": "HH AH0 L OW1", "boss": "B AO1 S"}


@pytest.fixture(scope="module")
def tokenizer():
    return lexicon_tokenizer.LexiconTokenizer(LEXICON, RULES)


def say(tokenizer, *texts):
    return tokenizer.detokenize(*tokenizer(list(texts)))


def test_symbols_are_padding_space_punctuation_and_phones(tokenizer):
    assert tokenizer.symbols[:9] == ["<pad>", " ", ".", ",", "!", "?", ";", ":", "-"]
    assert tokenizer.vocabulary_size == len(tokenizer.symbols) == 9 + 39
    stressed = lexicon_tokenizer.LexiconTokenizer(STRESSED, {}, stress=True)
    assert stressed.vocabulary_size == 9 + 24 + 15 * 3


@pytest.mark.parametrize(
    "text, symbols",
    [
        ("Hello, world.", "HH AH L OW , W ER L D ."),
        ("hello world", "HH AH L OW | W ER L D"),
        ("  hello \n\t world  ", "HH AH L OW | W ER L D"),
        ("hello-world", "HH AH L OW | W ER L D"),
        ("hello... world?!", "HH AH L OW . W ER L D ?"),
        ("...hello", "HH AH L OW"),
        ("don't", "D OW N T"),
        ("o'clock", "AH K L AA K"),
        ("the 'hello'", "DH AH | HH AH L OW"),
        ("21", "T W EH N T IY | W AH N"),
        ("fox the box", "F AA K S | DH AH | B AA K S"),
        ("fox's boss's cat's fob's", "F AA K S IH Z | B AO S IH Z | K AE T S | F AA B Z"),
        ("", ""),
        ("!?.", ""),
        ("' '", ""),
    ],
)
def test_text_becomes_symbols(tokenizer, text, symbols):
    assert say(tokenizer, text) == [symbols]


@pytest.mark.parametrize(
    "text, symbols",
    [
        ("hello - world", "HH AH L OW - W ER L D"),
        ("hello--world", "HH AH L OW - W ER L D"),
        ("hello-world-the", "HH AH L OW | W ER L D | DH AH"),
        ("Hello: 'em; em", "HH AH L OW : AH M ; EH M"),
        ("hel1lo w\u00f6rld \u4e16", "HH AH L OW | "),
        ("'fox' fox'", "F AA K S | F AA K S"),
    ],
)
def test_text_without_normalizer_is_split_too(text, symbols):
    lexicon = {**LEXICON, "wrld": ""}
    tokenizer = lexicon_tokenizer.LexiconTokenizer(lexicon, RULES, normalizer="none")
    assert say(tokenizer, text) == [symbols.removesuffix(" | ")]


def test_batch_is_padded_with_zeros_and_equals_its_rows(tokenizer):
    texts = ["Hello, fox!", "", "o'clock, the cat's boss", "x"]
    tokens, lengths = tokenizer(texts)
    assert tokens.dtype == lengths.dtype == tf.int32
    assert tokens.shape == (4, max(lengths))
    for row, length, text in zip(tokens.numpy(), lengths.numpy(), texts, strict=True):
        alone, alone_length = tokenizer(text)
        assert alone.shape == (length,) and alone_length == length
        np.testing.assert_array_equal(row[:length], alone)
        assert (row[:length] > 0).all() and not row[length:].any()
    assert tokenizer.ragged(texts).to_list() == [
        row[:n].tolist() for row, n in zip(tokens.numpy(), lengths, strict=True)
    ]


def test_no_texts(tokenizer):
    tokens, lengths = tokenizer(tf.zeros([0], tf.string))
    assert tokens.shape[0] == 0 and lengths.shape == (0,)


def test_same_tokens_eagerly_in_dataset_and_in_saved_model(tokenizer, tmp_path):
    texts = ["Hello, fox's world!", "o'clock"]
    expected = tokenizer(texts)[0].numpy()
    dataset = tf.data.Dataset.from_tensor_slices(texts).batch(2).map(lambda t: tokenizer(t)[0])
    np.testing.assert_array_equal(next(iter(dataset)), expected)
    module = tf.Module()
    module.call = tf.function(
        lambda texts: tokenizer(texts)[0], input_signature=[tf.TensorSpec([None], tf.string)]
    )
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    np.testing.assert_array_equal(loaded.call(tf.constant(texts)), expected)


def test_detokenize_takes_rows_ragged_and_single(tokenizer):
    ragged = tokenizer.ragged(["Hello.", "cat"])
    assert tokenizer.detokenize(ragged) == ["HH AH L OW .", "K AE T"]
    assert tokenizer.detokenize(ragged.to_tensor(), [2, 3]) == ["HH AH", "K AE T"]
    assert tokenizer.detokenize(ragged[1]) == "K AE T"
    with pytest.raises(ValueError, match="Received: 48"):
        tokenizer.detokenize([48])


def test_unknown_lists_what_is_dropped(tokenizer):
    plain = lexicon_tokenizer.LexiconTokenizer(LEXICON, RULES, normalizer=None)
    assert plain.unknown("Hello, 2 w\u00f6rld's \u4e16 2\n") == ["2", "\u00f6", "\u4e16"]
    assert plain.unknown("Hello, world") == []
    assert tokenizer.unknown("h\u00e9llo 21 \u4e16") == ["\u4e16"]


def test_bytes_that_are_no_text_are_dropped():
    plain = lexicon_tokenizer.LexiconTokenizer(LEXICON, RULES, normalizer=None)
    assert say(plain, b"\xff cat \xc3(", b"\x00") == ["K AE T", ""]


def test_stress_is_kept_and_possessives_follow_it():
    stressed = lexicon_tokenizer.LexiconTokenizer(STRESSED, {}, stress=True)
    assert say(stressed, "hello boss's") == ["HH AH0 L OW1 | B AO1 S IH0 Z"]
    with pytest.raises(ValueError, match="stress=True. Received: 'AE'"):
        lexicon_tokenizer.LexiconTokenizer({"cat": "K AE T"}, {}, stress=True)
    with pytest.raises(ValueError, match="stress=False. Received: 'AA1'"):
        lexicon_tokenizer.LexiconTokenizer({}, {"(o)": "1 AA1"})


def test_pruned_says_the_same_with_less():
    lexicon = LEXICON | {"fox": "F AA K S", "foe": "F OW", "box's": "B AA K S IH Z"}
    lexicon |= {"boss's": "B AO S AH Z", "cat's": "K AE T S", "fox'": "F AA K S"}
    full = lexicon_tokenizer.LexiconTokenizer(lexicon, RULES)
    pruned = full.pruned()
    assert {"fox", "box's", "cat's", "fox'"}.isdisjoint(pruned.lexicon)
    assert {"foe", "boss's", "'em"} <= pruned.lexicon.keys()
    words = list(lexicon)
    assert pruned.pronounce(words).numpy().tolist() == full.pronounce(words).numpy().tolist()


def test_assets_round_trip_and_are_the_same_bytes(tokenizer, tmp_path):
    tokenizer.save_assets(tmp_path / "a")
    other = lexicon_tokenizer.LexiconTokenizer.from_config(tokenizer.get_config())
    other.load_assets(tmp_path / "a")
    assert (other.lexicon, other.rules) == (tokenizer.lexicon, tokenizer.rules)
    assert say(other, "the fox's boss") == say(tokenizer, "the fox's boss")
    other.save_assets(tmp_path / "b")
    assert sorted(os.listdir(tmp_path / "b")) == ["letter_to_sound.txt.gz", "lexicon.txt.gz"]
    for name in os.listdir(tmp_path / "a"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def _packed(lines):
    # Without the time of day, which would give the test another name in each process.
    return gzip.compress(lines, mtime=0)


@pytest.mark.parametrize(
    "content, message",
    [
        (None, "missing"),
        (b"no gzip", "damaged"),
        (_packed(b"cat\tK AE T\n")[:-10], "damaged"),
        (_packed(b"cat\tK AE T\ncat K AE T\n"), "line 2"),
        (_packed(b"cat\tK AE T\ncat\tK AE T\n"), "line 2"),
        (_packed(b"cat\tK AE T"), "ends within a line"),
        (_packed(b"cat\t\xff\n"), "damaged"),
        (_packed(b"cat\tMIAOW\n"), "MIAOW"),
    ],
)
def test_damaged_assets_are_named(tokenizer, tmp_path, content, message):
    tokenizer.save_assets(tmp_path)
    path = tmp_path / "lexicon.txt.gz"
    path.unlink() if content is None else path.write_bytes(content)
    other = lexicon_tokenizer.LexiconTokenizer()
    with pytest.raises(ValueError, match=message) as error:
        other.load_assets(tmp_path)
    assert str(tmp_path) in str(error.value)
    with pytest.raises(ValueError, match="load_assets"):
        other(["cat"])


def test_bad_arguments_are_named(tokenizer):
    with pytest.raises(ValueError, match="normalizer='german'"):
        lexicon_tokenizer.LexiconTokenizer(normalizer="german")
    with pytest.raises(ValueError, match="one string or a batch"):
        tokenizer([["cat"]])
    with pytest.raises(ValueError, match="load_assets"):
        lexicon_tokenizer.LexiconTokenizer().save_assets("unused")


def test_long_text_is_one_row(tokenizer):
    text = "the fox, don't box; " * 2500  # 50,000 characters, 4 words each 20
    tokens, length = tokenizer(text)
    line = tokenizer.detokenize(tokens)
    assert line.count("D OW N T") == 2500
    assert (
        length == tokens.shape[0] == 2500 * len("DH AH | F AA K S , D OW N T | B AA K S ;".split())
    )


def test_s_follows_the_last_phone():
    said = phones.with_s(
        tf.constant(["K AE T", "D AO G", "B AO S", "S", "JH AH JH", "P AE TH", ""])
    )
    endings = [line.decode().split()[-2:] for line in said.numpy()]
    assert endings == [
        ["T", "S"], ["G", "Z"], ["IH", "Z"], ["IH", "Z"], ["IH", "Z"], ["TH", "S"], ["Z"],
    ]  # fmt: skip

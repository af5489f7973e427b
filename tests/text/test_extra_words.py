import pytest

from keras_speech.text import extra_words, registry
from keras_speech.text.lexicon_tokenizer import LexiconTokenizer

LEXICON, RULES = {"fox": "F AA K S", "box": "B AA K S"}, {"(x)": "1 K S"}


def say(tokenizer, text):
    return tokenizer.detokenize(tokenizer(text)[0])


def test_own_words_go_before_the_lexicon_and_take_possessives():
    extra = {"Fox": "F OW1 K S", "nguyen": "W IH1 N"}
    tokenizer = LexiconTokenizer(LEXICON, RULES, extra=extra)
    assert say(tokenizer, "Nguyen's fox box.") == "W IH N Z | F OW K S | B AA K S ."
    assert tokenizer.lexicon == LEXICON
    assert tokenizer.extra == {"fox": "F OW K S", "nguyen": "W IH N"}


def test_a_file_is_read_as_cmudict_is_written(tmp_path):
    path = tmp_path / "names.txt"
    path.write_bytes(
        b"\xef\xbb\xbf;;; names\r\nNGUYEN  W IH1 N  # surname\r\n\r\n"
        b"NGUYEN(2)  N UW1 Y EH2 N\r\no'brien OW0 B R AY1 AH0 N\r\n"
    )
    plain = {"nguyen": "W IH N", "o'brien": "OW B R AY AH N"}
    assert extra_words.read_extra(path) == plain
    assert extra_words.read_extra(str(path), stress=True)["nguyen"] == "W IH1 N"
    assert LexiconTokenizer(LEXICON, RULES).with_extra(path).extra == plain


@pytest.mark.parametrize(
    "line, message",
    [
        (b"naguib", "no phones.*'naguib'"),
        (b"naguib N AH0 G IY1 BB", "'BB' is no phone"),
        (b"naguib N AH0 G IY4 B", "'IY4' is no phone"),
        (b"na9uib N AH0", "letters a to z.*'na9uib'"),
        (b"caf\xc3\xa9 K AE0 F EY1", "letters a to z"),
        (b"caf\xe9 K AE0 F EY1", "not UTF-8"),
        (b"FOX F AA1 K S", "'FOX' is on line 1 already"),
        (b"fox(2) F AA1 QQ", "'QQ' is no phone"),
    ],
)
def test_a_bad_line_is_named_with_its_file(tmp_path, line, message):
    path = tmp_path / "names.txt"
    path.write_bytes(b"fox F AA1 K S\n\n" + line + b"\nbox B AA1 K S\n")
    with pytest.raises(ValueError, match=message) as error:
        LexiconTokenizer(LEXICON, RULES, extra=path)
    assert f"{path}, line 3: " in str(error.value)


def test_stress_must_be_there_where_the_symbols_have_it():
    with pytest.raises(ValueError, match="the word 'fox': 'AA' is no phone.*needs its stress"):
        extra_words.read_extra({"fox": "F AA K S"}, stress=True)


@pytest.mark.parametrize(
    "extra, message",
    [
        ({"fox": "F QQ"}, "the word 'fox': 'QQ' is no phone"),
        ({"fox": ""}, "the word 'fox': there are no phones"),
        ({"big fox": "F AA"}, "'big fox'.*letters a to z"),
        ({"fox": "F AA", "Fox": "F OW"}, "another 'fox'"),
        ({"fox": ["F", "AA"]}, "must be str"),
        ({5: "F AA"}, "must be str"),
        (["fox"], "type list"),
        ("no/such/file", "Cannot read the lexicon no/such/file"),
    ],
)
def test_bad_words_are_named(extra, message):
    with pytest.raises(ValueError, match=message):
        LexiconTokenizer(LEXICON, RULES, extra=extra)


def test_own_words_are_saved_as_assets(tmp_path):
    tokenizer = LexiconTokenizer(LEXICON, RULES, extra={"nguyen": "W IH N"}, heteronyms="context")
    tokenizer.save_assets(tmp_path)
    config = registry.tokenizer_to_config(tokenizer)
    other = registry.tokenizer_from_config(config, tmp_path)
    assert (other.extra, other.heteronyms) == (tokenizer.extra, "context")
    assert say(other, "Nguyen, to read") == say(tokenizer, "Nguyen, to read")
    # What was given before the files are read goes before what is in them.
    mine = LexiconTokenizer(extra={"nguyen": "N UW Y EH N"})
    mine.load_assets(tmp_path)
    assert say(mine, "nguyen") == "N UW Y EH N"
    LexiconTokenizer(LEXICON, RULES).save_assets(tmp_path)
    assert not (tmp_path / "extra.txt.gz").exists()


def test_configs_of_before_load():
    tokenizer = LexiconTokenizer.from_config({"stress": False, "normalizer": "english"})
    assert (tokenizer.heteronyms, tokenizer.extra) == ("first", {})


def test_pruning_keeps_own_words():
    tokenizer = LexiconTokenizer(LEXICON, RULES, extra={"nguyen": "W IH N"}).pruned()
    assert say(tokenizer, "nguyen") == "W IH N"


def test_a_phone_that_is_not_in_the_table_is_named_with_its_word():
    with pytest.raises(ValueError, match="Received: 'QQ' in 'fox'"):
        LexiconTokenizer({"fox": "F QQ"}, {})

"""Words that the dictionary lacks are pronounced by the first rule that fits."""

import pytest

from keras_speech.evaluation.pronunciations import letter_sounds, pronounce, read_dictionary

DICTIONARY = {
    "cat": ["K AE T"],
    "dog": ["D AO G"],
    "horse": ["HH AO R S"],
    "glow": ["G L OW"],
    "night": ["N AY T"],
    "read": ["R EH D", "R IY D"],
}


@pytest.mark.parametrize(
    "word, expected, rule",
    [
        ("read", ["R EH D", "R IY D"], "dictionary"),
        ("cat's", ["K AE T S"], "ending"),
        ("dogs", ["D AO G Z"], "ending"),
        ("horse's", ["HH AO R S IH Z"], "ending"),
        ("reads", ["R EH D Z", "R IY D Z"], "ending"),
        ("cat-dog", ["K AE T D AO G"], "hyphen"),
        ("nightglow", ["N AY T G L OW"], "compound"),
        ("shick", ["SH IH K"], "letters"),
    ],
)
def test_rules(word, expected, rule):
    assert pronounce(word, DICTIONARY) == (expected, rule)


def test_letter_to_sound_is_asked_last_and_may_have_stress():
    asked = []

    def letter_to_sound(word):
        asked.append(word)
        return ["S", "IH1", "K", "AH0"]

    assert pronounce("sicca", DICTIONARY, letter_to_sound) == (["S IH K AH"], "letters")
    pronounce("cats", DICTIONARY, letter_to_sound)
    assert asked == ["sicca"]


def test_every_letter_has_a_sound():
    assert all(letter_sounds(letter) for letter in "abcdefghijklmnopqrstuvwxyz")
    assert letter_sounds("42") == ""
    assert pronounce("42", DICTIONARY) == ([], "letters")


def test_variants_are_read_as_one_word(tmp_path):
    path = tmp_path / "words.dict"
    path.write_text(";;; a comment\nread R EH D\nread(2) R IY D\ncat K AE T\n")
    assert read_dictionary(path) == {"read": ["R EH D", "R IY D"], "cat": ["K AE T"]}

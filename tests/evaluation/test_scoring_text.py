"""Texts become the words that a recognizer can return."""

import pytest

from keras_speech.evaluation.scoring_text import number_words, scoring_words


@pytest.mark.parametrize(
    "text, words",
    [
        ("Hello, World!", "hello world"),
        ("don\u2019t 'quote' rock 'n' roll", "don't quote rock n roll"),
        ("a well-known\u2014and old--fact", "a well known and old fact"),
        ("na\u00efve caf\u00e9", "naive cafe"),
        ("Mr. Smith and Dr. Jones, etc.", "mister smith and doctor jones et cetera"),
        ("the best. First", "the best first"),
        ("in 1,042 days", "in one thousand forty two days"),
        ("100%", "one hundred percent"),
        ("  \t\n", ""),
        ("...?!", ""),
    ],
)
def test_words(text, words):
    assert scoring_words(text) == words


def test_scoring_twice_changes_nothing():
    once = scoring_words("Mr. O'Neil's 12 dogs -- 'all' of 1,000,000 -- ran.")
    assert scoring_words(once) == once


@pytest.mark.parametrize(
    "digits, words",
    [
        ("0", "zero"),
        ("13", "thirteen"),
        ("40", "forty"),
        ("99", "ninety nine"),
        ("700", "seven hundred"),
        ("1001", "one thousand one"),
        ("20000000", "twenty million"),
        ("007", "seven"),
        ("1" * 16, " ".join(["one"] * 16)),
    ],
)
def test_numbers(digits, words):
    assert number_words(digits) == words

"""Lengths of texts, and what a tokenizer drops or refuses of them."""

import pytest

from keras_speech.data import Recording
from keras_speech.data.inspection import text_measures
from keras_speech.text import CharacterTokenizer, LexiconTokenizer


def measured(texts, tokenizer):
    recordings = [Recording(f"clip{i}", "", text) for i, text in enumerate(texts)]
    return text_measures.measure_texts(recordings, tokenizer)


def test_lengths_are_those_of_what_is_said():
    found = measured(["Room 5.", "", "☕"], CharacterTokenizer())
    assert found.lengths.tolist() == [len("room five."), 0, 0]
    assert [entry.where for entry in found.refused] == ["'clip1'", "'clip2'"]


def test_dropped_characters_are_counted_and_named():
    texts = ["a ☕", "b ☕☕", "c", "☕ я", "naïve “quotes” — fine"]
    found = measured(texts, CharacterTokenizer()).unknown
    assert [(u.symbol, u.texts, u.examples) for u in found] == [
        ("☕", 3, ("clip0", "clip1", "clip3")),
        ("я", 1, ("clip3",)),
    ]
    assert found[0].title == "☕ (U+2615, HOT BEVERAGE)"


def test_another_alphabet_drops_other_characters():
    german = CharacterTokenizer(" abcdeö", None, lowercase=True)
    found = measured(["Öd", "fad Föö", "Xa"], german).unknown
    assert {(u.symbol, u.texts) for u in found} == {("F", 1), ("f", 1), ("X", 1)}


def test_what_stands_in_braces_and_is_no_phone_is_named():
    tokenizer = LexiconTokenizer({"fox": "F AA K S"}, {})
    found = measured(["The {F AA K S}.", "Fox { fox", "A {XY}."], tokenizer)
    assert "'clip2'" in found.refused[0].where and "XY" in found.refused[0].reason
    assert {u.symbol for u in found.unknown} == {"{", "{XY}"}


def test_a_tokenizer_need_not_know_what_it_drops(letters):
    found = measured(["ab", "☕ c"], letters)
    assert found.lengths.tolist() == [2, 2] and found.unknown == []


@pytest.mark.parametrize("n", [0, 1, 1500])
def test_any_number_of_texts(n, letters):
    assert measured(["abc"] * n, letters).lengths.tolist() == [3] * n

"""English normalization: the table of pairs, and properties that hold for any text."""

import pathlib
import random

import pytest
import tensorflow as tf

from keras_speech.text import normalize, normalize_characters

PAIRS = [
    line.split("\t")
    for line in pathlib.Path(__file__)
    .with_name("english_pairs.tsv")
    .read_text(encoding="utf-8")
    .splitlines()
    if "\t" in line
]

# Pieces that rules look for, so that random texts of them reach the rules' odd corners.
PIECES = (
    "Mr. mr. MR. St. st. ST. Dr. etc. etc vs vs. e.g. i.e. No. no. a.m. p.m. am PM U.S. U.S u.s. "
    "NASA FBI TVs I A IV VIII Henry War the in In May March 5 1 0 00 007 1984 2000 3.14 .5 1,000 "
    "1,234,567 12,34 1. 2, 10:30 10:00 3:2 1/2 3/4 15/17 9/11 24/7 12/25/1999 2020-05-17 555-1234 "
    "$5 $3.50 £1 €20 ¢ $ £ 5% % 1st 22nd 5km km kg ft ft. in. m² ² ³ ° °C × x 5x3 '80s 1900s 's ' "
    "'' - -- – — _ / & @ # + = < > ^ ~ | \\ ( ) [ ] \" . , ; : ! ? ... … “ ” ‘ ’ é ß Ł ½ № million "
    "M bn k K B2B F-16 www. .com a.b word Word WORD wOrd ☕ я \x01 \x00 \n \n\n \t \u00a0 \u0301"
).split(" ")


# One trace for all tests; calls outside a graph are tested by `test_shape_is_kept`.
in_graph = tf.function(
    normalize.normalize_english, input_signature=[tf.TensorSpec([None], tf.string)]
)


def normalized(texts):
    return [row.decode() for row in in_graph(normalize.as_strings(texts)).numpy()]


def random_texts(seed, count=150):
    source = random.Random(seed)
    spaces = ["", "", " ", " "]
    for _ in range(count):
        if source.random() < 0.3:
            codes = [source.choice((0x80, 0x250, 0x2200, 0x10FFFF)) for _ in range(30)]
            characters = (chr(source.randrange(code)) for code in codes)
            yield "".join(c for c in characters if not 0xD800 <= ord(c) < 0xE000)
        else:
            pieces = source.choices(PIECES, k=source.randrange(1, 16))
            yield "".join(piece + source.choice(spaces) for piece in pieces)


def test_table_has_150_pairs():
    assert len(PAIRS) >= 150


def test_pairs_are_read_as_the_table_says():
    outputs = normalized([text for text, _ in PAIRS])
    wrong = [
        f"{text!r}: expected {expected!r}, got {output!r}"
        for (text, expected), output in zip(PAIRS, outputs, strict=True)
        if output != expected
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("seed", range(4))
def test_normalizing_twice_changes_nothing(seed):
    texts = [text for text, _ in PAIRS] + list(random_texts(seed))
    once = normalized(texts)
    for text, first, second in zip(texts, once, normalized(once), strict=True):
        assert second == first, repr(text)


@pytest.mark.parametrize("seed", range(4))
def test_only_speakable_characters_in_canonical_form_come_out(seed):
    texts = list(random_texts(seed))
    word = r"[a-z]+(?:['-][a-z]+)*"
    canonical = rf"(?:{word}(?:[.,;:!?]? {word})*[.,;:!?]?)?"
    fits = tf.strings.regex_full_match(in_graph(tf.constant(texts)), canonical).numpy()
    assert fits.all(), [text for text, fit in zip(texts, fits, strict=True) if not fit]


def test_a_batch_equals_its_rows():
    texts = [text for text, _ in PAIRS[::3]] + list(random_texts(7, count=40))
    assert normalized(texts) == [normalized([text])[0] for text in texts]


def test_shape_is_kept():
    assert normalize.normalize_english("A 5").shape == ()
    assert normalize.normalize_english([]).shape == (0,)
    grid = normalize.normalize_english(tf.constant([["One 1"], ["Two 2"]]))
    assert grid.numpy().tolist() == [[b"one one"], [b"two two"]]


def test_every_number_below_a_thousand_and_powers_of_ten():
    # An independent speller: recursion on the value, in Python.
    names = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    small = (names + " fifteen sixteen seventeen eighteen nineteen").split()
    tens = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()

    def spell(value):
        for power, name in ((15, "quadrillion"), (12, "trillion"), (9, "billion"), (6, "million"),
                            (3, "thousand"), (2, "hundred")):  # fmt: skip
            if value >= 10**power:
                rest = value % 10**power
                return f"{spell(value // 10**power)} {name}" + (f" {spell(rest)}" if rest else "")
        if value < 20:
            return small[value]
        return tens[value // 10] + (f" {small[value % 10]}" if value % 10 else "")

    source = random.Random(0)
    values = list(range(1000)) + [10**power + n for power in range(3, 16) for n in (0, 1)]
    values += [source.randrange(10 ** source.randrange(4, 16)) for _ in range(300)]
    with_commas = [f"{value:,}" for value in values]
    assert normalized(with_commas) == [spell(value) for value in values]
    plain = [value for value in values if not 1100 <= value < 2100]  # those are years
    assert normalized([str(value) for value in plain]) == [spell(value) for value in plain]


def test_invalid_utf8_leaves_the_words_around_it():
    texts = tf.constant([b"\xff\xfe word \xc3", b"\xe2\x82", b"a\xf0\x9fb"])
    assert normalize.normalize_english(texts).numpy().tolist() == [b"word", b"", b"a b"]
    assert normalized(["lone \ud800 surrogate"]) == ["lone surrogate"]


def test_a_long_text_comes_through_whole():
    text = (
        "On May 5, 1984, NASA paid $3.50 for 1,234 screws — really. " * 1700
    )  # 100,300 characters
    words = normalized([text])[0].split()
    assert len(text) > 100_000
    assert len(words) == 1700 * len(normalized([text[:59]])[0].split())


def test_saved_model_gives_the_same_output(tmp_path):
    module = tf.Module()
    module.normalize = in_graph
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    texts = tf.constant([text for text, _ in PAIRS])
    expected = in_graph(texts).numpy().tolist()
    assert loaded.normalize(texts).numpy().tolist() == expected


def test_works_inside_a_dataset_map():
    rows = tf.data.Dataset.from_tensor_slices(["Room 5", "Mr. X"]).map(normalize.normalize_english)
    assert [row.numpy() for row in rows] == [b"room five", b"mister x"]


def test_a_paragraph_ends_a_sentence():
    assert normalized(["A heading\n\nSome text\nthat goes on."]) == [
        "a heading. some text that goes on."
    ]


def test_unknown_lists_what_is_dropped_and_nothing_else():
    assert normalize_characters.unknown_characters("café ☕ “я” ^☕ 5€") == ["☕", "я", "^"]
    everything_known = "".join(chr(code) for code in range(32, 127) if chr(code) not in "\\^{|}~")
    assert normalize_characters.unknown_characters(everything_known + "\n\t“”—…½é") == []


def test_known_letters_leave_a_trace():
    letters = [c for c, plain in normalize_characters.character_map().items() if plain.isalpha()]
    outputs = normalized([f"a {letter} b" for letter in letters])
    assert len(letters) > 500
    assert not [c for c, text in zip(letters, outputs, strict=True) if text == "a b"]

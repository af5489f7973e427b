"""Sentences split in a graph are those that `split_sentences` makes."""

import random
import re

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.text.sentence_graph import split_batch
from keras_speech.text.sentences import split_sentences

CLOSING = "\"'”’)]}» "

# What sentences may end at or must not, cuts, braces, white space and case of many kinds.
PIECES = [
    "Mr", "Mrs.", "No", "p", "e.g", "I", "J", "K", ".", ".", ". ", ". ", "!", "?", "…", " ", " ",
    "\n", "\n\n", ",", ", ", "; ", "{", "}", "{AH0 B}", "word", "Word ", "3", "²", "“", "”", '"',
    "'", "(", ")", "»", "«", "。", "！", "」", "é", "É", "ß", "\u00a0", "\u2003", "\x0b", "\x00",
    "\x1c", "\x85", "ª", "—", ":", "x" * 50, "fig", "vol.", "messrs.", "ǅ", "😀", "İ", "12,5",
]  # fmt: skip


@pytest.fixture(scope="module")
def split():
    """A function from a list of `str` to a list of lists of sentences, by an exported graph."""

    def run(texts):
        pieces = split_batch(texts, closing=CLOSING)
        return pieces.texts, pieces.rows, pieces.last, pieces.ends_paragraph

    run = tf.function(run, input_signature=[tf.TensorSpec([None], tf.string)])

    def sentences(texts, full=False):
        said, rows, last, ends = (each.numpy() for each in run(tf.constant(texts, tf.string)))
        result = [[] for _ in texts]
        for row, *piece in zip(rows, said, last, ends, strict=True):
            text = piece[0].decode()
            result[row].append((text, piece[1], bool(piece[2])) if full else text)
        return result

    return sentences


def paragraphs(text):
    """The pieces as `Voice` has them: each paragraph on its own."""
    split = [split_sentences(each) for each in re.split(r"\n\s*\n", text)]
    result = []
    for sentences in split:
        for place, sentence in enumerate(sentences):
            rest = sentence.rstrip(CLOSING)
            last = ord(rest[-1]) if rest else -1
            result.append((sentence, last, place == len(sentences) - 1))
    return result


@pytest.mark.parametrize("n_pieces", [1, 3, 10, 40, 300])
def test_any_text_is_split_as_in_python(split, n_pieces):
    rng = random.Random(n_pieces)
    for batch in (1, 3, 17):
        texts = ["".join(rng.choices(PIECES, k=n_pieces)) for _ in range(batch)]
        assert split(texts, full=True) == [paragraphs(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith paid $3.50. Did he? Yes!",
        "See fig. 5 and no. 7. No. Nobody did, p. 3.",
        "J. K. Rowling and I. We wrote e.g. this (and that.) “Really?” he said.",
        "word " * 100,
        "one, two; " * 60,
        "x" * 1000,
        "x" * 195 + "{" + "AH0 " * 10 + "}" + " and more" * 20,
        "{" + "AH0 " * 49 + "}" * 3 + " word" * 90,
        "これは。それは！あれは？",
        "",
        " \n\n ",
    ],
)
def test_marks_abbreviations_and_cuts(split, text):
    assert split([text, "Other text. " + text]) == [
        [piece for piece, *_ in paragraphs(text)],
        [piece for piece, *_ in paragraphs("Other text. " + text)],
    ]


def test_bytes_that_are_no_text_are_replaced(split):
    assert split([b"Is \xff here? Yes."]) == [["Is \ufffd here?", "Yes."]]


def test_no_texts_give_no_sentences(split):
    assert split([]) == []


def test_the_longest_piece_is_as_long_as_asked_for():
    text = "a bad cab, and a dead bee; " * 20
    pieces = split_batch(tf.constant([text]), max_characters=40).texts.numpy()
    assert [piece.decode() for piece in pieces] == split_sentences(text, max_characters=40)
    assert np.max([len(piece) for piece in pieces]) <= 40

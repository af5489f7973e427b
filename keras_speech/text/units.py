"""Speakable text as words and punctuation marks, and these as a line of symbols, in the graph."""

import tensorflow as tf

SPACE_MARK = "|"  # the word space where symbols stand in a line with spaces between


def split_units(texts):
    """Words and punctuation marks, one of several in a row, of texts `(batch,)`: ragged strings.

    A hyphen parts two words; a dash is punctuation.
    """
    for pattern, replacement in (
        (r"--+|^-| -|- |-$", " _ "),
        (r"-", " "),
        (r"([.,!?;:_])[.,!?;:_ ]*", r" \1 "),
        (r"_", "-"),
    ):
        texts = tf.strings.regex_replace(texts, pattern, replacement)
    return tf.strings.split(texts)


def are_words(units):
    """Tells words from punctuation marks."""
    return tf.strings.regex_full_match(units, "[a-z'].*")


def symbol_lines(units):
    """Symbols with spaces between, `(batch,)`, of ragged units in which each word is its phones.

    There is a word space only between words with nothing else between them.
    """
    lines = tf.strings.reduce_join(units, axis=-1, separator=f" {SPACE_MARK} ")
    for pattern, replacement in (
        (r"\|[| ]*\|", "|"),
        (r"(?:\| )?([.,!?;:\-])(?: \|)?", r"\1"),
        (r"^[ |.,!?;:\-]+|[ |]+$", ""),
    ):
        lines = tf.strings.regex_replace(lines, pattern, replacement)
    return lines

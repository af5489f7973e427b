"""Classes of characters in a graph are those of `str`."""

import sys

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.text import character_classes as classes

METHODS = {
    "space": classes.SPACE,
    "lower": classes.LOWER,
    "upper": classes.UPPER,
    "digit": classes.DIGIT,
}


@pytest.mark.parametrize("name", METHODS)
def test_every_code_point_is_classed_as_in_python(name):
    codes = np.arange(sys.maxunicode + 1, dtype="int32")
    actual = classes.is_in(tf.constant(codes), METHODS[name]).numpy()
    expected = np.array([METHODS[name](chr(code)) for code in codes])
    np.testing.assert_array_equal(actual, expected)


def test_characters_are_found_among_others():
    codes = tf.constant([ord(c) for c in "a.b—c"])
    assert classes.among(codes, ".—").numpy().tolist() == [False, True, False, True, False]
    assert not classes.among(codes, "").numpy().any()


def test_keys_are_found_in_a_sorted_table():
    keys = tf.constant([-1, 3, 4, 9, 10], tf.int64)
    table = tf.constant([3, 9], tf.int64)
    assert classes.found(keys, table).numpy().tolist() == [False, True, False, True, False]

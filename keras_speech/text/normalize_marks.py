"""Marked spans: how regular expressions and tables work together inside a TensorFlow graph.

A regular expression finds a span and marks it as ``MARK + kind + payload + MARK``, where `kind`
is one lower-case letter; `replace_marked` then computes all spans of a batch at once. The letter
in front of the payload has a second use: there is no word boundary between it and the payload,
so a later pattern that starts with a word boundary never matches inside a mark.
"""

import re

import numpy as np
import tensorflow as tf

MARK = "\x01"


def rewrite(text, rules):
    """Applies rules to text, one after another.

    Args:
        text: string tensor of any shape.
        rules: pairs of an RE2 pattern and its replacement, in which ``\\1`` stands for the first
            group and ``<k \\1>`` for a mark of kind `k` with that payload.
    """
    for pattern, replacement in rules:
        marks = re.sub(r"<(\w) ([^>]*)>", rf"{MARK}\1\2{MARK}", replacement)
        text = tf.strings.regex_replace(text, pattern, marks)
    return text


def replace_marked(text, function):
    """Replaces every marked span by what `function` makes of it.

    Args:
        text: string tensor `(batch,)`.
        function: takes a string tensor `(spans,)` of kind and payload, returns one of equal shape.

    Returns: string tensor `(batch,)` without marks.
    """
    pieces = tf.strings.split(text, sep=MARK)
    # Text and spans take turns in a row, so spans are the pieces at odd places.
    rows = pieces.value_rowids()
    places = tf.range(tf.size(rows, out_type=tf.int64)) - tf.gather(pieces.row_starts(), rows)
    spans = tf.where(places % 2 == 1)
    replaced = function(tf.gather_nd(pieces.flat_values, spans))
    values = tf.tensor_scatter_nd_update(pieces.flat_values, spans, replaced)
    return tf.strings.unsorted_segment_join(values, rows, pieces.nrows())


class ConstantTable:
    """A string-keyed table made of constants.

    `tf.lookup.StaticHashTable` is a resource, which whatever is exported must own and track. A
    function of constants can be exported from any place. So this table sorts its keys by a
    fingerprint, and a look-up is a binary search and one comparison of strings.

    Args:
        entries: dict from `str` to values of one type (`str` or `int`).
    """

    def __init__(self, entries):
        keys = np.array([key.encode() for key in entries], dtype=object)
        of_text = isinstance(next(iter(entries.values())), str)
        values = [value.encode() if of_text else value for value in entries.values()]
        with tf.init_scope():  # eager even when the table is made while a graph is traced
            fingerprints = _fingerprints(keys).numpy()
        order = np.argsort(fingerprints)
        self.fingerprints, self.keys = fingerprints[order], keys[order]
        self.values = np.array(values, dtype=object if of_text else np.int32)[order]

    def lookup(self, keys, default):
        """Returns the values of `keys`, and `default` (scalar or like `keys`) for others."""
        places = tf.searchsorted(self.fingerprints, _fingerprints(keys))
        places = tf.minimum(places, len(self.keys) - 1)
        found = tf.equal(tf.gather(tf.constant(self.keys), places), keys)
        return tf.where(found, tf.gather(tf.constant(self.values), places), default)


def _fingerprints(keys):
    return tf.strings.to_hash_bucket_fast(keys, 2**62)

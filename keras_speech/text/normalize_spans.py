"""Readers of marked spans: one function from payloads to words for each kind of mark."""

import functools

import tensorflow as tf

from keras_speech.text import abbreviations_acronyms, normalize_marks, numbers, numbers_units

# Thousands are set apart by two underscores, decimals by one (see `numbers_rules`).
_PARTS = r"^(\d+(?:__\d{3})*)(?:_(\d+))?$"


def number(payloads):
    """`"1__234_50"` -> `"one thousand two hundred thirty four point five zero"`."""
    whole = tf.strings.regex_replace(payloads, _PARTS, r"\1")
    words = numbers.cardinal(tf.strings.regex_replace(whole, r"\D", ""))
    decimals = numbers.spelled_digits(tf.strings.regex_replace(payloads, _PARTS, r"\2"))
    return tf.where(decimals == "", words, words + " point " + decimals)


def ordinal(payloads):
    """`"22"` -> `"twenty second"`."""
    return numbers.ordinal_of(number(payloads))


def decade(payloads):
    """`"1980"` -> `"nineteen eighties"`."""
    return numbers.plural_of(numbers.year(payloads))


def fraction(payloads):
    """`"3_4"` -> `"three quarters"`."""
    above = tf.strings.regex_replace(payloads, "_.*", "")
    below = tf.strings.regex_replace(payloads, ".*_", "")
    part = numbers.ordinal_of(numbers.cardinal(below))
    part = tf.where(below == "2", "half", tf.where(below == "4", "quarter", part))
    parts = tf.where(below == "2", "halves", part + "s")
    return numbers.cardinal(above) + " " + tf.where(above == "1", part, parts)


def minutes(payloads):
    """`"05"` -> `"oh five"`, `"30"` -> `"thirty"`."""
    words = numbers.cardinal(payloads)
    short = tf.strings.regex_full_match(payloads, "0.")
    return tf.where(payloads == "00", "hundred", tf.where(short, "oh " + words, words))


def month(payloads):
    """`"05"` -> `"may"`."""
    return tf.gather(tf.constant(numbers.MONTHS), numbers.parse(payloads) - 1)


def amount(payloads):
    """`"km_5"` -> `"five kilometers"`, `"$_1"` -> `"one dollar"`."""
    unit = tf.strings.regex_replace(payloads, "_.*", "")
    value = tf.strings.regex_replace(payloads, "^[^_]*_", "")
    one = tf.strings.regex_full_match(value, "0*1")
    singular = numbers_units.singular().lookup(unit, unit)
    plural = numbers_units.plural().lookup(unit, unit)
    return number(value) + " " + tf.where(one, singular, plural)


# The kinds of marks that the rules of numbers and of acronyms use.
_READERS = {
    "n": number,
    "o": ordinal,
    "y": numbers.year,
    "e": decade,
    "d": numbers.spelled_digits,
    "f": fraction,
    "t": minutes,
    "m": month,
    "w": amount,
    "s": lambda units: numbers_units.singular().lookup(units, units),
    "u": lambda units: numbers_units.plural().lookup(units, units),
    "z": lambda scales: numbers_units.money_scale().lookup(scales, scales),
    "i": abbreviations_acronyms.spelled,
    "a": abbreviations_acronyms.acronym,
    "h": abbreviations_acronyms.shouted_word,
    "r": abbreviations_acronyms.roman_ordinal,
    "v": abbreviations_acronyms.roman_cardinal,
    "l": functools.partial(tf.strings.lower),
}


def read(spans):
    """Reads spans `(n,)` of a kind letter and a payload; returns their words `(n,)`."""
    kinds = tf.strings.substr(spans, 0, 1)
    payloads = tf.strings.substr(spans, 1, -1)
    words = tf.identity(payloads)
    for kind, reader in _READERS.items():
        places = tf.where(kinds == kind)
        words = tf.tensor_scatter_nd_update(words, places, reader(tf.gather_nd(payloads, places)))
    return words


def read_marked(text):
    """Replaces every marked span of text `(batch,)` by its words."""
    return normalize_marks.replace_marked(text, read)

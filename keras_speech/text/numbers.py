"""Numbers as words, computed inside a TensorFlow graph.

A number is cut into groups of three digits by integer arithmetic, each group is a row of a
constant table of 1,000 phrases, and the groups are joined with the names of the powers of 1,000.
Nothing loops over the numbers, so a text full of them costs a handful of operations.
"""

import re

import tensorflow as tf

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = ("quadrillion", "trillion", "billion", "million", "thousand", "")

MONTHS = (
    "january february march april may june july august september october november december"
).split()

_ORDINAL_RULES = [
    (r"$", "th"),
    (r"\boneth$", "first"),
    (r"\btwoth$", "second"),
    (r"\bthreeth$", "third"),
    (r"veth$", "fth"),
    (r"htth$", "hth"),
    (r"nineth$", "ninth"),
    (r"yth$", "ieth"),
]

#: Longest number read as one; longer ones are read digit by digit.
MAX_DIGITS = 3 * len(SCALES)


def _below_hundred(number):
    if number < 20:
        return ONES[number]
    return TENS[number // 10] + (f" {ONES[number % 10]}" if number % 10 else "")


def _below_thousand(number):
    hundreds, rest = divmod(number, 100)
    words = [f"{ONES[hundreds]} hundred"] if hundreds else []
    if rest or not hundreds:
        words.append(_below_hundred(rest))
    return " ".join(words)


PHRASES = [_below_thousand(number) for number in range(1000)]


def parse(digits):
    """Returns the int64 values of digit strings; of those that are too long, the last digits."""
    short = tf.strings.regex_replace(digits, rf"^\d*(\d{{{MAX_DIGITS}}})$", r"\1")
    return tf.strings.to_number(tf.where(short == "", "0", short), tf.int64)


def cardinal(digits):
    """`"1234"` -> `"one thousand two hundred thirty four"`.

    Args:
        digits: string tensor `(n,)` of ASCII digits.

    Returns: string tensor `(n,)`. More than `MAX_DIGITS` digits are read one by one.
    """
    values = parse(digits)
    powers = tf.constant([1000**power for power in reversed(range(len(SCALES)))], tf.int64)
    groups = (values[:, tf.newaxis] // powers) % 1000  # [n] -> [n, 6]
    words = tf.gather(tf.constant([" " + phrase for phrase in PHRASES]), groups)
    scales = tf.constant([f" {scale}".rstrip() for scale in SCALES])
    words = tf.where(groups > 0, words + scales, "")
    words = tf.strings.strip(tf.strings.reduce_join(words, axis=-1))
    words = tf.where(values == 0, "zero", words)
    return tf.where(tf.strings.length(digits) > MAX_DIGITS, spelled_digits(digits), words)


def spelled_digits(digits):
    """`"305"` -> `"three zero five"`."""
    for digit, word in enumerate(ONES[:10]):
        digits = tf.strings.regex_replace(digits, str(digit), f" {word}")
    return tf.strings.strip(digits)


def ordinal_of(words):
    """`"twenty two"` -> `"twenty second"`, on the words of a cardinal."""
    for pattern, replacement in _ORDINAL_RULES:
        words = tf.strings.regex_replace(words, pattern, replacement)
    return words


def ordinal_phrase(number):
    """Returns the ordinal of a Python integer below 1,000, as a `str`."""
    phrase = PHRASES[number]
    for pattern, replacement in _ORDINAL_RULES:
        phrase = re.sub(pattern, replacement, phrase)
    return phrase


def plural_of(words):
    """`"nineteen eighty"` -> `"nineteen eighties"`, on the words of a number."""
    return _rewrite(words, [(r"y$", "ie"), (r"x$", "xe"), (r"f$", "ve"), (r"$", "s")])


def year(digits):
    """`"1905"` -> `"nineteen oh five"`, `"05"` -> `"oh five"`, on two or four digits."""
    values = parse(digits)
    century, rest = values // 100 % 100, values % 100
    pairs = tf.constant([_below_hundred(number) for number in range(100)])
    short = tf.where(rest < 10, "oh " + tf.gather(pairs, rest), tf.gather(pairs, rest))
    full = tf.gather(pairs, century) + " " + tf.where(rest == 0, "hundred", short)
    # 2000 to 2009, and the first years of a millennium, are said as plain numbers.
    full = tf.where(values % 1000 < 10, cardinal(digits), full)
    return tf.where(tf.strings.length(digits) < 4, short, full)


def _rewrite(text, rules):
    for pattern, replacement in rules:
        text = tf.strings.regex_replace(text, pattern, replacement)
    return text

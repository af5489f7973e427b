"""The phones of American English in ARPAbet letters, as CMUdict uses them."""

import tensorflow as tf

VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
CONSONANTS = (
    "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH",
    "T", "TH", "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
# After these an -s is a syllable of its own; after the other voiceless ones it is S.
_SIBILANTS = ("S", "Z", "SH", "ZH", "CH", "JH")
_VOICELESS = ("P", "T", "K", "F", "TH")


def symbols(*, stress=False):
    """The 39 phones in alphabetical order; with stress each vowel three times, 0, 1 and 2."""
    vowels = [v + d for v in VOWELS for d in "012"] if stress else list(VOWELS)
    return sorted([*vowels, *CONSONANTS])


def written_forms(*, stress=False):
    """From each way to write a phone, with a stress digit or without, to its symbol.

    A vowel may have a digit where the symbols have none; where they have, it must.
    """
    written = {symbol: symbol for symbol in symbols(stress=stress)}
    if not stress:
        written |= {vowel + digit: vowel for vowel in VOWELS for digit in "012"}
    return written


def to_symbols(said, *, stress=False):
    """Space-joined phones as symbols.

    Args:
        said: `str` of phones in capitals with spaces between, with or without stress digits.
        stress: whether the vowels of the symbols carry their digit. Defaults to `False`.

    Returns: `str`.

    Raises:
        ValueError: if there is none, or one is no phone; names it.

    Example:

    >>> to_symbols("HH AH0 L OW1")
    'HH AH L OW'
    """
    written = written_forms(stress=stress)
    for phone in said.split():
        if phone not in written:
            raise ValueError(f"{phone!r} is no phone of the table{advice(phone, written)}")
    if not said.split():
        raise ValueError("there are no phones")
    return " ".join(written[phone] for phone in said.split())


def advice(phone, written):
    """What to add to a message about a phone that is not among the `written`."""
    if phone.upper() in VOWELS and phone.upper() not in written:
        return "; a vowel needs its stress, 0, 1 or 2, with this tokenizer"
    if phone not in written and phone.upper() in written:
        return "; phones are written in capitals"
    return ""


def with_s_of(said, *, stress=False):
    """`with_s` of one `str`, without TensorFlow."""
    last = said.split()[-1].rstrip("012")
    if last in _SIBILANTS:
        return f"{said} IH0 Z" if stress else f"{said} IH Z"
    return f"{said} S" if last in _VOICELESS else f"{said} Z"


def with_s(said, *, stress=False):
    """Appends the -s of possessives to space-joined phones: `IH Z` after a sibilant, `S` after
    any other voiceless phone, `Z` after the rest.

    Args:
        said: string tensor of any shape.
        stress: whether vowels carry a digit. Defaults to `False`.
    """
    after_sibilant, after_voiceless = " IH0 Z" if stress else " IH Z", " S"
    is_sibilant = tf.strings.regex_full_match(said, f"(.* )?({'|'.join(_SIBILANTS)})")
    is_voiceless = tf.strings.regex_full_match(said, f"(.* )?({'|'.join(_VOICELESS)})")
    return said + tf.where(
        is_sibilant, after_sibilant, tf.where(is_voiceless, after_voiceless, " Z")
    )

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

"""The phones of American English in ARPAbet letters, as CMUdict uses them."""

VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
CONSONANTS = (
    "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH",
    "T", "TH", "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
# After these an -s is a syllable of its own; after the other voiceless ones it is S.
SIBILANTS = ("S", "Z", "SH", "ZH", "CH", "JH")
VOICELESS = ("P", "T", "K", "F", "TH")


def symbols(*, stress=False):
    """The 39 phones in alphabetical order; with stress each vowel three times, 0, 1 and 2."""
    vowels = [v + d for v in VOWELS for d in "012"] if stress else list(VOWELS)
    return sorted([*vowels, *CONSONANTS])

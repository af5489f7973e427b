"""The symbols of the International Phonetic Alphabet that have a token, and punctuation."""

# The order is part of every voice trained on them: add at the end only.
_LETTERS = "abcdefghijklmnopqrstuvwxyz" + "".join(map(chr, range(0x250, 0x2B0)))
_LETTERS += "æçðøħŋœǀǁǂǃβεθχᵻⱱ"
_TONES = "0123456789˥˦˧˨˩"
_MODIFIERS = "ˈˌːˑʰʱʲʷʼˠˤ˞"
_COMBINING = "".join(
    map(chr, [*range(0x300, 0x305), 0x306, 0x308, 0x30A, 0x30B, 0x30C, 0x30F])
) + "".join(map(chr, [*range(0x318, 0x321), 0x324, 0x325, 0x327, 0x329, 0x32A, 0x32C, 0x32F]))
_COMBINING += "".join(map(chr, [0x330, 0x334, *range(0x339, 0x33E), 0x35C, 0x361]))

PADDING, WORD_SPACE = "<pad>", " "
PUNCTUATION = (".", ",", "!", "?", ";", ":", "-")

#: All symbols; the index is the token.
SYMBOLS = (
    PADDING,
    WORD_SPACE,
    *PUNCTUATION,
    *_LETTERS,
    *_TONES,
    *_MODIFIERS,
    *_COMBINING,
)

#: Marks of any script, as one of `PUNCTUATION`.
MARKS = {mark: mark for mark in PUNCTUATION} | {
    "…": ".", "。": ".", "．": ".", "।": ".", "۔": ".", "，": ",", "、": ",", "،": ",", "！": "!",
    "？": "?", "؟": "?", "；": ";", "؛": ";", "：": ":", "—": "-", "–": "-",
}  # fmt: skip

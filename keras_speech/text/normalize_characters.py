"""The characters English normalization knows, and what each becomes."""

import functools
import unicodedata

import tensorflow as tf

from keras_speech.text import normalize_marks

# Latin letters that Unicode does not take apart into a letter and an accent.
_LETTERS = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
    "đ": "d", "Đ": "D", "ð": "th", "Ð": "Th", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L",
    "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "ng", "Ŋ": "NG", "ĸ": "k", "ŧ": "t", "Ŧ": "T",
    "ſ": "s", "ƒ": "f", "ə": "e", "Ə": "E", "ʻ": "'", "ʼ": "'",
}  # fmt: skip

_QUOTES = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "´": "'", "`": "'", "＇": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "‹": '"', "›": '"', "″": '"',
}  # fmt: skip

# An en dash keeps its identity as far as the rules that tell a range from a pause.
_DASHES = {"‐": "-", "‑": "-", "‒": "–", "–": "–", "—": "--", "―": "--", "−": "-", "﹣": "-"}

_SYMBOLS = {
    "…": "...", "·": " ", "•": ", ", "‣": ", ", "●": ", ", "¡": "", "¿": "", "‽": "?!",
    "×": "×", "÷": " divided by ", "±": " plus or minus ", "≈": " about ", "≠": " is not ",
    "≤": " at most ", "≥": " at least ", "√": " the square root of ", "∞": " infinity ",
    "°": "°", "º": "°", "℃": "°C", "℉": "°F", "µ": "µ", "μ": "µ", "Ω": " ohms ",
    "²": "²", "³": "³", "¢": "¢", "£": "£", "€": "€", "¥": "¥", "₹": "₹", "§": " section ",
    "©": " copyright ", "®": "", "™": "", "№": "No. ", "‰": " per thousand ", "⁄": "/",
    "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "⅛": " 1/8", "⅜": " 3/8",
    "⅝": " 5/8", "⅞": " 7/8", "⅕": " 1/5", "⅖": " 2/5", "⅗": " 3/5", "⅘": " 4/5", "⅙": " 1/6",
}  # fmt: skip

_RANGES = ((0xA0, 0x250), (0x1E00, 0x1F00), (0x2000, 0x2190), (0x2460, 0x2474), (0xFB00, 0xFB07),
           (0xFF01, 0xFF5F))  # fmt: skip

#: Characters with no letter of their own: they vanish without a gap.
INVISIBLE = r"[\p{Mn}\p{Me}\p{Cf}\x{FE0F}]+"

#: ASCII characters without a reading.
UNREADABLE_ASCII = "\\^{|}~"

#: Non-ASCII characters that later rules read, and that are gone after them.
SYMBOLS_OF_RULES = "–×°µ²³¢£€¥₹"


@functools.cache
def character_map():
    """Returns the dict from each known non-ASCII character to its replacement."""
    table = {}
    for start, stop in _RANGES:
        for code in range(start, stop):
            plain = "".join(
                part
                for part in unicodedata.normalize("NFKD", chr(code))
                if not unicodedata.combining(part)
            )
            # A raised digit is a power or a footnote, not a digit of the number before it.
            raised = unicodedata.decomposition(chr(code)).startswith("<super> 00")
            if (
                plain.isascii()
                and plain.isprintable()
                and plain
                and not (raised and plain.isdigit())
            ):
                table[chr(code)] = plain
    for code in (0x85, 0x2028, 0x2029):
        table[chr(code)] = "\n"
    table.update({"\u00a0": " ", "\u1680": " ", "\u3000": " "})
    for part in (_LETTERS, _QUOTES, _DASHES, _SYMBOLS):
        table.update(part)
    return table


@functools.cache
def _table():
    return normalize_marks.ConstantTable(
        {"x" + character: plain for character, plain in character_map().items()}
    )


def to_known_characters(text):
    """Maps text `(batch,)` to printable ASCII, newlines and `SYMBOLS_OF_RULES`.

    Invalid UTF-8 counts as an unknown character. Unknown characters leave a gap (a space), so
    that the words around them stay apart.
    """
    text = tf.strings.unicode_transcode(text, "UTF-8", "UTF-8", errors="replace")
    text = normalize_marks.rewrite(
        text,
        [
            (r"\r\n?", "\n"),
            (r"[\x00-\x09\x0b-\x1f\x7f]", " "),
            (INVISIBLE, ""),
            (r"([^\x00-\x7f])", r"<x \1>"),
        ],
    )
    text = normalize_marks.replace_marked(text, lambda spans: _table().lookup(spans, " "))
    return tf.strings.regex_replace(text, r"[\\^{|}~]", " ")


def unknown_characters(text):
    """Returns the distinct characters of `text` that normalization drops, in order.

    Args:
        text: `str`.

    Returns: list of one-character strings. Marks that are silent by nature (quotes, accents that
        stand alone, zero-width characters, control characters) are known and not listed.

    Example:
    >>> unknown_characters("café ☕ я")
    ['☕', 'я']
    """
    known = character_map()
    unknown = {}
    for character in text:
        if character.isascii():
            dropped = character in UNREADABLE_ASCII
        elif unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc"):
            dropped = False
        else:
            dropped = character not in known
        if dropped:
            unknown[character] = None
    return list(unknown)

"""What a sentence's words are when recognized speech is scored."""

import re
import unicodedata

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_ABBREVIATIONS = {
    "mr.": "mister",
    "mrs.": "missus",
    "ms.": "miz",
    "dr.": "doctor",
    "st.": "saint",
    "etc.": "et cetera",
    "&": " and ",
    "%": " percent",
}
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u0060": "'"})


def scoring_words(text):
    """Text as the bare words a recognizer can return: lower case, no punctuation, no digits.

    Hyphens and dashes separate words, apostrophes stay inside a word ("don't") and go at its edges;
    whole numbers are spelled out ("40" becomes "forty"). A voice with its own way of reading
    numbers should be scored with its own normalizer in front.

    Args:
        text: string.

    Returns: string of words separated by single spaces.

    Example:

    >>> scoring_words("Mr. Smith's 40 well-fed dogs, 'tis said -- don't bark!")
    "mister smith's forty well fed dogs tis said don't bark"
    """
    text = unicodedata.normalize("NFKD", text.translate(_QUOTES))
    # Accents go without a trace; other foreign characters separate words.
    text = "".join(c for c in text if not unicodedata.combining(c)).lower()
    for short, spoken in _ABBREVIATIONS.items():
        text = re.sub(r"(?<![a-z])" + re.escape(short), spoken, text)
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"\d+", lambda match: f" {number_words(match.group())} ", text)
    words = (word.strip("'") for word in re.sub(r"[^a-z']+", " ", text).split())
    return " ".join(word for word in words if word)


def number_words(digits):
    """A whole number in words; numbers of 10^15 and above are read digit by digit.

    Args:
        digits: string of decimal digits.

    Returns: string.

    Example:

    >>> number_words("1042")
    'one thousand forty two'
    """
    number = int(digits) if len(digits) < 16 else 10**15
    if number >= 10**15:
        return " ".join(_ONES[int(digit)] for digit in digits)
    for scale, name in _SCALES:
        if number >= scale:
            rest = number % scale
            head = f"{number_words(str(number // scale))} {name}"
            return f"{head} {number_words(str(rest))}" if rest else head
    if number >= 100:
        head = f"{_ONES[number // 100]} hundred"
        return f"{head} {number_words(str(number % 100))}" if number % 100 else head
    if number >= 20:
        return f"{_TENS[number // 10]} {_ONES[number % 10]}" if number % 10 else _TENS[number // 10]
    return _ONES[number]

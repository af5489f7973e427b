"""Pronunciations for a recognizer's dictionary, with fallbacks for unknown words."""

import re

# Sounds by longest match, for names and rare words. Crude by intent: a word reaches this table only
# when the dictionary, the ending rules and the compound rule have all failed.
_LETTER_SOUNDS = {
    "tion": "SH AH N",
    "ough": "AO",
    "augh": "AO",
    "eigh": "EY",
    "tch": "CH",
    "igh": "AY",
    "sch": "SH",
    "ck": "K",
    "ch": "CH",
    "sh": "SH",
    "th": "TH",
    "ph": "F",
    "wh": "W",
    "gh": "G",
    "qu": "K W",
    "ng": "NG",
    "kn": "N",
    "wr": "R",
    "ee": "IY",
    "ea": "IY",
    "ie": "IY",
    "ei": "EY",
    "oo": "UW",
    "ou": "AW",
    "ow": "OW",
    "oa": "OW",
    "oi": "OY",
    "oy": "OY",
    "ai": "EY",
    "ay": "EY",
    "au": "AO",
    "aw": "AO",
    "ew": "UW",
    "ar": "AA R",
    "or": "AO R",
    "er": "ER",
    "ir": "ER",
    "ur": "ER",
    "a": "AE",
    "b": "B",
    "c": "K",
    "d": "D",
    "e": "EH",
    "f": "F",
    "g": "G",
    "h": "HH",
    "i": "IH",
    "j": "JH",
    "k": "K",
    "l": "L",
    "m": "M",
    "n": "N",
    "o": "AA",
    "p": "P",
    "q": "K",
    "r": "R",
    "s": "S",
    "t": "T",
    "u": "AH",
    "v": "V",
    "w": "W",
    "x": "K S",
    "y": "IY",
    "z": "Z",
}
_SIBILANTS = {"S", "Z", "SH", "ZH", "CH", "JH"}
_VOICELESS = {"P", "T", "K", "F", "TH"}


def read_dictionary(path):
    """Reads a pronunciation dictionary in the CMU layout.

    Args:
        path: text file with a word and its phones per line; variants as `word(2)`.

    Returns: dict of word to list of pronunciations, each a string of phones.
    """
    entries = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            word, _, phones = line.strip().partition(" ")
            if phones and not word.startswith(";;;"):
                entries.setdefault(re.sub(r"\(\d+\)$", "", word), []).append(phones.strip())
    return entries


def pronounce(word, dictionary, letter_to_sound=None):
    """Pronunciations of a word, from the dictionary or by the first rule that gives one.

    The rules, in order: possessive or plural ending on a known word, parts between hyphens,
    two known words of three letters or more written together, letter to sound.

    Args:
        word: lower-case string.
        dictionary: dict as `read_dictionary` returns it.
        letter_to_sound: function from a word to its phones (a string, or a sequence of ARPAbet
            phones with or without stress digits). Defaults to a crude table of letter sounds.

    Returns: tuple of a list of pronunciations and the rule's name: `"dictionary"`, `"ending"`,
        `"hyphen"`, `"compound"` or `"letters"`.

    Example:

    >>> pronounce("cats", {"cat": ["K AE T"]})
    (['K AE T S'], 'ending')
    """
    if word in dictionary:
        return dictionary[word], "dictionary"
    for ending in ("'s", "s'", "es", "s"):
        stem = word.removesuffix(ending)
        if word.endswith(ending) and stem in dictionary:
            return [f"{p} {_plural_sound(p)}" for p in dictionary[stem]], "ending"
    if word.strip("-").count("-"):
        parts = [
            pronounce(part, dictionary, letter_to_sound)[0] for part in word.split("-") if part
        ]
        return [" ".join(part[0] for part in parts)], "hyphen"
    for split in range(len(word) - 3, 2, -1):
        if word[:split] in dictionary and word[split:] in dictionary:
            return [f"{dictionary[word[:split]][0]} {dictionary[word[split:]][0]}"], "compound"
    phones = (letter_to_sound or letter_sounds)(word)
    phones = phones if isinstance(phones, str) else " ".join(phones)
    phones = re.sub(r"\d", "", phones).upper().strip()
    return [phones] if phones else [], "letters"


def letter_sounds(word):
    """Phones of a word, letter group by letter group, by a small table.

    Args:
        word: string.

    Returns: string of phones; empty when the word has no letter from a to z.
    """
    word = re.sub(r"[^a-z]", "", word.lower())
    word = re.sub(r"(.)\1", lambda m: m.group() if m.group() in ("ee", "oo") else m.group(1), word)
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    phones, start = [], 0
    while start < len(word):
        for length in (4, 3, 2, 1):
            sound = _LETTER_SOUNDS.get(word[start : start + length])
            if sound and start + length <= len(word):
                phones.append(sound)
                start += length
                break
    return " ".join(phones)


def _plural_sound(phones):
    last = phones.split()[-1]
    if last in _SIBILANTS:
        return "IH Z"
    return "S" if last in _VOICELESS else "Z"

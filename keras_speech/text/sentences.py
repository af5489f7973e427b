"""Long text in pieces that a voice can speak one after another."""

import re

# A period after these does not end a sentence (compared in lower case).
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof rev hon gen col capt lt sgt cpl maj adm gov sen rep pres st mt ft messrs "
    "mme vs e.g i.e cf viz ca approx no nos fig figs eq vol ch pp p sec dept jan feb mar apr jun "
    "jul aug sep sept oct nov dec".split()
)
# After these a period ends no sentence where a number follows.
_NUMBERED = frozenset("no nos p pp vol ch fig figs eq sec".split())

# An end of sentence: marks, closing quotes or brackets, then white space. One mark for Chinese
# and Japanese, which put no space behind it.
_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*\s+|[。！？]+[”’」』]*\s*|\n\s*\n\s*")
_LAST_WORD = re.compile(r"(\S+)$")
_OPENING = "\"'“‘«([¿¡"
_CLAUSE_MARKS = ",;:—–"
_BRACES = re.compile(r"\{[^{}\n]{0,200}\}")
_IN_BRACES = "\x00"  # stands for all that is in braces while ends and breaks are looked for


def split_sentences(text, max_characters=200):
    """Splits text at ends of sentences, and sentences that are too long at lesser breaks.

    A sentence ends at ``.``, ``!``, ``?`` or an ellipsis with white space behind it, and at an
    empty line. A period that belongs to an abbreviation (Mr., e.g., No. 5), to an initial
    (J. K. Rowling) or to a number (3.14) is no end, and none is followed by a lower-case letter.
    Neither is what stands in braces, such as `{L IY1 D}`.
    A sentence above `max_characters` is cut at the last clause mark (comma, semicolon, colon,
    dash) in the second half of what fits, else at the last white space, else where it must.

    Args:
        text: `str`.
        max_characters: longest piece, in characters. Defaults to 200.

    Returns: list of non-empty `str` without white space at their ends. Joined they hold all
        characters of `text` but white space, in order.

    Raises: `ValueError` if `max_characters` is not a positive integer.

    Example:
    >>> split_sentences("Dr. Smith paid $3.50. Did he? Yes!")
    ['Dr. Smith paid $3.50.', 'Did he?', 'Yes!']
    """
    if not isinstance(max_characters, int) or max_characters < 1:
        raise ValueError(
            "`max_characters` must be a positive integer. "
            f"Received: max_characters={max_characters!r}."
        )
    # Both have the same length, so that places in one are places in the other.
    hidden = _BRACES.sub(lambda match: _IN_BRACES * len(match.group()), text)
    pieces = []
    for start, end in _sentences(hidden):
        pieces.extend(_cut(text[start:end], hidden[start:end], max_characters))
    return pieces


def _sentences(text):
    """Yields where each sentence begins and ends, without white space about it."""
    start = 0
    for match in _END.finditer(text):
        if _ends_sentence(text, start, match):
            yield _stripped(text, start, match.end())
            start = match.end()
    yield _stripped(text, start, len(text))


def _stripped(text, start, end):
    sentence = text[start:end]
    start += len(sentence) - len(sentence.lstrip())
    return start, start + len(sentence.strip())


def _ends_sentence(text, start, match):
    if match.end() == len(text) or not match.group().startswith("."):
        return True
    following = text[match.end() : match.end() + 2].lstrip(_OPENING)[:1]
    if following.islower():
        return False
    if match.group().rstrip() != ".":
        return True
    # Only the last few characters matter, which keeps the time linear for text without breaks.
    word = _LAST_WORD.search(text, max(start, match.start() - 20), match.start())
    word = word.group().lstrip(_OPENING) if word else ""
    if word.lower() in _NUMBERED:
        return not following.isdigit()
    if word.lower() in _ABBREVIATIONS:
        return False
    return not (len(word) == 1 and word.isupper() and word != "I" and following.isupper())


def _cut(sentence, hidden, max_characters):
    start = 0
    while len(sentence) - start > max_characters:
        window = hidden[start : start + max_characters + 1]
        end = max(_last_break(window, mark) for mark in _CLAUSE_MARKS)
        if end < max_characters // 2:
            end = max((place for place, c in enumerate(window) if c.isspace()), default=0)
        end = end or max_characters
        if hidden[start + end - 1 : start + end + 1] == _IN_BRACES * 2:
            end = _outside_braces(sentence, start, end)
        yield sentence[start : start + end].strip()
        start += end
        while start < len(sentence) and sentence[start].isspace():
            start += 1
    if start < len(sentence):
        yield sentence[start:]


def _outside_braces(sentence, start, end):
    """The cut moved before the braces it falls into, or behind those that begin the piece."""
    for braces in _BRACES.finditer(sentence, start):
        first, last = braces.start() - start, braces.end() - start
        if first < end < last:
            return first or last
    return end


def _last_break(window, mark):
    # A mark with a space behind it: the comma in "1,000" and the colon in "10:30" are none.
    return window.rfind(mark + " ") + 1

"""Pronunciations of a user's own: a dict, or a file in CMUdict's layout."""

import collections.abc
import os
import re

from keras_speech.text import phones

_WORD = re.compile("[a-z']*[a-z][a-z']*")
_VARIANT = re.compile(r"\(\d+\)$")


def read_extra(extra, *, stress=False):
    """Words and their phones, checked.

    Args:
        extra: dict from words to space-joined ARPAbet phones; or a UTF-8 file with a word and its
            phones on each line, such as `WORD  W ER1 D`. In a file, lines that begin with `;;;`
            and what follows a `#` are comments, and of the variants `WORD(2)` the first counts.
        stress: whether vowels carry their stress digit. Without it, digits are dropped. Defaults
            to `False`.

    Returns: dict from lower-case words to space-joined symbols.

    Raises:
        ValueError: for a bad entry; names the word, or the file and the line, and what is wrong.

    Example:

    >>> read_extra({"Kathleen": "K AE1 TH L IY2 N"})
    {'kathleen': 'K AE TH L IY N'}
    """
    if isinstance(extra, collections.abc.Mapping):
        words = {}
        for word, said in extra.items():
            where = f"`extra`, the word {word!r}"
            if not (isinstance(word, str) and isinstance(said, str)):
                raise ValueError(f"{where}: words and phones must be str. Received: {said!r}.")
            _add(words, word, said, where, stress)
        return words
    if not isinstance(extra, (str, os.PathLike)):
        raise ValueError(
            "`extra` must be a dict from words to phones, or a file of them. "
            f"Received: extra of type {type(extra).__name__}."
        )
    return _read_file(os.fspath(extra), stress)


def _read_file(path, stress):
    try:
        with open(path, "rb") as file:
            lines = file.read().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise ValueError(f"Cannot read the lexicon {path}: {error.strerror}.") from error
    words, first_line = {}, {}
    for number, line in enumerate(lines, start=1):
        where = f"{path}, line {number}"
        try:
            entry = line.decode("utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"{where}: not UTF-8 text.") from None
        entry = "" if entry.startswith(";;;") else entry.partition("#")[0].strip()
        if not entry:
            continue
        word, *said = entry.split()
        plain = _VARIANT.sub("", word).lower()
        if plain in first_line and plain == word.lower():
            raise ValueError(f"{where}: the word {word!r} is on line {first_line[plain]} already.")
        if plain not in first_line:
            first_line[plain] = number
            _add(words, plain, " ".join(said), where, stress)
        else:
            _add({}, plain, " ".join(said), where, stress)  # unused, but no less checked
    return words


def _add(words, word, said, where, stress):
    if not _WORD.fullmatch(word.lower()):
        raise ValueError(
            f"{where}: a word must consist of the letters a to z and apostrophes, as the "
            f"normalizer writes it. Received: {word!r}."
        )
    if word.lower() in words:
        raise ValueError(f"{where}: there is another {word.lower()!r} already.")
    try:
        words[word.lower()] = phones.to_symbols(said.upper(), stress=stress)
    except ValueError as error:
        raise ValueError(f"{where}: {error}. Received: {word!r} as {said!r}.") from None

"""What the texts of a corpus are to a tokenizer: lengths, and what it cannot read."""

import collections
import dataclasses
import unicodedata

import numpy as np

from keras_speech.data import tables, utterances

# Tokens are made and counted for so many recordings at once, then forgotten.
_RECORDINGS_AT_ONCE = 1024

_BRACES = frozenset("{}")


@dataclasses.dataclass(frozen=True)
class UnknownSymbol:
    """Something in texts that a tokenizer drops.

    Args:
        symbol: a character, or phones in braces.
        texts: number of texts it is in.
        examples: ids of the first few of them.
    """

    symbol: str
    texts: int
    examples: tuple

    @property
    def title(self):
        """It with its number and name in Unicode, where it is one character."""
        if len(self.symbol) != 1:
            return self.symbol
        name = unicodedata.name(self.symbol, "without a name")
        return f"{self.symbol} (U+{ord(self.symbol):04X}, {name})"


@dataclasses.dataclass(frozen=True)
class TextMeasures:
    """The texts of a corpus in numbers.

    Args:
        lengths: int array `(recordings,)`: tokens of each text; 0 where there are none.
        refused: list of `Skipped`: texts without a token, or that the tokenizer refuses.
        unknown: list of `UnknownSymbol`, the most frequent first.
    """

    lengths: np.ndarray
    refused: list
    unknown: list


def measure_texts(recordings, tokenizer):
    """Reads every text with a tokenizer.

    Args:
        recordings: sequence of `Recording`.
        tokenizer: `tokenizer(list of str) -> (tokens, lengths)`, and, where it has it,
            `tokenizer.unknown(str)`, a list of what of a text it drops.

    Returns: `TextMeasures`.
    """
    handle, lengths = tables.OnError("skip"), []
    for start in range(0, len(recordings), _RECORDINGS_AT_ONCE):
        part = recordings[start : start + _RECORDINGS_AT_ONCE]
        _, tokens = utterances.tokenize(part, tokenizer, on_error=handle)
        lengths += [len(tokens.get(recording.id, ())) for recording in part]
    return TextMeasures(
        np.array(lengths, "int64"), handle.skipped, _unknown_symbols(recordings, tokenizer)
    )


def _unknown_symbols(recordings, tokenizer):
    if not hasattr(tokenizer, "unknown"):
        return []
    dropped = _dropped_characters({c for r in recordings for c in r.text} - _BRACES, tokenizer)
    ids = collections.defaultdict(list)
    for recording in recordings:
        for symbol in set(recording.text) & dropped:
            ids[symbol].append(recording.id)
        if not _BRACES.isdisjoint(recording.text):
            # What braces mean depends on all the text.
            for symbol in _unknown(tokenizer, recording.text):
                if len(symbol) > 1 or symbol in _BRACES:
                    ids[symbol].append(recording.id)
    found = [UnknownSymbol(symbol, len(each), tuple(each[:3])) for symbol, each in ids.items()]
    return sorted(found, key=lambda unknown: (-unknown.texts, unknown.symbol))


def _dropped_characters(characters, tokenizer):
    """Those of all the corpus's characters that the tokenizer drops.

    A tokenizer takes long to say it of each text; all characters in one text are soon asked, and
    only those that it names, by themselves again.
    """
    named = set(_unknown(tokenizer, " ".join(sorted(characters))))
    suspects = [c for c in characters if c in named or named & {*c.lower(), *c.upper()}]
    return {c for c in suspects if _unknown(tokenizer, c)}


def _unknown(tokenizer, text):
    try:
        return tokenizer.unknown(text)
    except ValueError:
        return []  # It is among the refused ones.

"""Words that a voice skipped or said twice, as a recognizer heard it."""

import dataclasses

from keras_speech.metrics.word_error_rate import align_words


@dataclasses.dataclass(frozen=True)
class Slips:
    """Counts of one sentence (or, added up, of many).

    Attributes:
        skipped: words of the text that were not heard, nor anything in their place.
        repeated: words heard once more right after (or before) they were said: "the old the old
            door" has two. They are among what word error rates count as insertions.
        added: words heard besides that are in no such repetition.

    Example:

    >>> Slips(skipped=1, repeated=2) + Slips(skipped=1)
    Slips(skipped=2, repeated=2, added=0)
    """

    skipped: int = 0
    repeated: int = 0
    added: int = 0

    def __add__(self, other):
        return Slips(
            self.skipped + other.skipped,
            self.repeated + other.repeated,
            self.added + other.added,
        )


def count_slips(reference, hypothesis):
    """Counts skipped and repeated words.

    Words are paired by the fewest edits; among equals one word in place of another comes before a
    skipped and a repeated one. A recognizer also errs by itself, on recordings too: compare counts
    with theirs.

    Args:
        reference: string (split at white space) or sequence of words: what should have been said.
        hypothesis: string or sequence of words: what was heard.

    Returns: `Slips`.

    Example:

    >>> count_slips("she put the letter in the drawer", "put the letter in in the drawer")
    Slips(skipped=1, repeated=1, added=0)
    """
    pairs = align_words(reference, hypothesis)
    heard = [(word, said is None) for said, word in pairs if word is not None]
    repeated = added = start = 0
    while start < len(heard):
        end = start
        while end < len(heard) and heard[end][1]:
            end += 1
        if end > start:
            again = _repeated([word for word, _ in heard], start, end)
            repeated, added = repeated + again, added + end - start - again
        start = end + 1
    return Slips(sum(word is None for _, word in pairs), repeated, added)


def _repeated(words, start, end):
    """How many of the inserted `words[start:end]` say again what stands before or after them."""
    inserted = words[start:end]
    before = _periodic(inserted, words[:start][::-1])
    after = _periodic(inserted[::-1], words[end:])
    return max(before, after)


def _periodic(words, neighbors):
    """How many of `words` go on with a period that the nearest `neighbors` begin, nearest first."""
    best = 0
    for period in range(1, min(len(words), len(neighbors)) + 1):
        sequence = [*neighbors[:period][::-1], *words]
        n = 0
        while n < len(words) and sequence[period + n] == sequence[n]:
            n += 1
        if n >= period:
            best = max(best, n)
    return best

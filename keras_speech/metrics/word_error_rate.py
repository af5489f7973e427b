"""Word error rate: edit distance between word sequences."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class WordErrors:
    """Errors of one hypothesis (or, added up, of many) against its reference.

    Attributes:
        substitutions: reference words that came out as another word.
        deletions: reference words that are missing.
        insertions: words that the reference does not have.
        words: words in the reference.
    """

    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0
    words: int = 0

    @property
    def edits(self):
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self):
        """Edits per reference word; may exceed 1. No words: 0 without edits, else infinity."""
        if self.words == 0:
            return float("inf") if self.edits else 0.0
        return self.edits / self.words

    def __add__(self, other):
        return WordErrors(
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
            self.words + other.words,
        )


def word_errors(reference, hypothesis):
    """Counts the fewest substitutions, deletions and insertions between two sentences.

    Sentences are compared word for word as they are given: normalize case and punctuation first.
    Among equally short edit sequences the one with the most substitutions is reported.

    Args:
        reference: string (split at white space) or sequence of words: what should have been said.
        hypothesis: string or sequence of words: what was heard.

    Returns: `WordErrors`.

    Example:

    >>> word_errors("the cat sat", "a cat sat down")
    WordErrors(substitutions=1, deletions=0, insertions=1, words=3)

    Reference: Levenshtein, 1966; Wagner and Fischer, "The string-to-string correction problem",
    1974.
    """
    substitutions = deletions = insertions = words = 0
    for said, heard in align_words(reference, hypothesis):
        words += said is not None
        deletions += heard is None
        insertions += said is None
        substitutions += said is not None and heard is not None and said != heard
    return WordErrors(substitutions, deletions, insertions, words)


def align_words(reference, hypothesis):
    """Pairs the words of two sentences by the fewest edits, as `word_errors` counts them.

    Args:
        reference: string (split at white space) or sequence of words: what should have been said.
        hypothesis: string or sequence of words: what was heard.

    Returns: list of `(reference word, heard word)` in order, with `None` for the missing one.

    Example:

    >>> align_words("the cat sat", "a cat sat down")
    [('the', 'a'), ('cat', 'cat'), ('sat', 'sat'), (None, 'down')]
    """
    reference = _words(reference)
    hypothesis = _words(hypothesis)
    rows, columns = len(reference) + 1, len(hypothesis) + 1
    cost = np.zeros((rows, columns), dtype=np.int64)
    cost[:, 0] = np.arange(rows)
    cost[0, :] = np.arange(columns)
    for i in range(1, rows):
        for j in range(1, columns):
            cost[i, j] = min(
                cost[i - 1, j - 1] + (reference[i - 1] != hypothesis[j - 1]),
                cost[i - 1, j] + 1,
                cost[i, j - 1] + 1,
            )
    pairs = []
    i, j = rows - 1, columns - 1
    while i or j:
        mismatch = i and j and reference[i - 1] != hypothesis[j - 1]
        if i and j and cost[i, j] == cost[i - 1, j - 1] + mismatch:
            i, j = i - 1, j - 1
            pairs.append((reference[i], hypothesis[j]))
        elif i and cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
            pairs.append((reference[i], None))
        else:
            j -= 1
            pairs.append((None, hypothesis[j]))
    return pairs[::-1]


def word_error_rate(reference, hypothesis):
    """Word error rate of one sentence: edits divided by the reference's words.

    Args:
        reference: string or sequence of words: what should have been said.
        hypothesis: string or sequence of words: what was heard.

    Returns: float, 0 for equal sentences; above 1 when more words are inserted than were said.

    Example:

    >>> word_error_rate("one two three four", "one too three four")
    0.25
    """
    return word_errors(reference, hypothesis).rate


def _words(sentence):
    return sentence.split() if isinstance(sentence, str) else list(sentence)

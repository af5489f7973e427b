"""Word error rate against a recursive definition, and its edges."""

import functools
import math
import random

import pytest

from keras_speech.metrics import WordErrors, align_words, word_error_rate, word_errors


def fewest_edits(reference, hypothesis):
    """Levenshtein's distance, straight from its recursive definition."""

    @functools.cache
    def distance(i, j):
        if i == 0 or j == 0:
            return i + j
        return min(
            distance(i - 1, j) + 1,
            distance(i, j - 1) + 1,
            distance(i - 1, j - 1) + (reference[i - 1] != hypothesis[j - 1]),
        )

    return distance(len(reference), len(hypothesis))


@pytest.mark.parametrize("seed", range(30))
def test_edits_are_the_fewest(seed):
    rng = random.Random(seed)
    reference = rng.choices("abc", k=rng.randrange(8))
    hypothesis = rng.choices("abc", k=rng.randrange(8))
    errors = word_errors(reference, hypothesis)
    assert errors.edits == fewest_edits(tuple(reference), tuple(hypothesis))
    assert errors.words == len(reference)
    pairs = align_words(reference, hypothesis)
    assert [said for said, _ in pairs if said is not None] == reference
    assert [heard for _, heard in pairs if heard is not None] == hypothesis
    assert sum(said != heard for said, heard in pairs) == errors.edits
    # Every edit sequence changes the length by what it inserts and deletes.
    assert errors.insertions - errors.deletions == len(hypothesis) - len(reference)


@pytest.mark.parametrize(
    "reference, hypothesis, expected",
    [
        ("a b c", "a b c", WordErrors(0, 0, 0, 3)),
        ("a b c", "a x c", WordErrors(1, 0, 0, 3)),
        ("a b c", "a c", WordErrors(0, 1, 0, 3)),
        ("a b c", "a b b c", WordErrors(0, 0, 1, 3)),
        ("a b", "", WordErrors(0, 2, 0, 2)),
        ("", "a b", WordErrors(0, 0, 2, 0)),
        (" a   b\n", "a b", WordErrors(0, 0, 0, 2)),
    ],
)
def test_kinds_of_errors_are_told_apart(reference, hypothesis, expected):
    assert word_errors(reference, hypothesis) == expected


def test_rate_may_exceed_one_and_is_defined_without_words():
    assert word_error_rate("a", "b c d") == 3.0
    assert word_error_rate("", "") == 0.0
    assert word_error_rate("", "a") == math.inf


def test_sums_pool_words():
    """Errors are added up before they are divided: 1 of 1 and 0 of 3 make 1 of 4."""
    total = word_errors("a", "b") + word_errors("a b c", "a b c")
    assert total.rate == 1 / 4

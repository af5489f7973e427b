"""The language model is a probability distribution after every word."""

import numpy as np
import pytest

from keras_speech.evaluation.bigram_model import bigram_arpa

SENTENCES = ["the cat sat", "the dog sat down", "a cat", "the cat sat", ""]


def parse(arpa):
    """Reads ARPA text: unigrams as word -> (probability, back-off), bigrams as pair -> p."""
    unigrams, bigrams, section = {}, {}, None
    for line in arpa.splitlines():
        if line.startswith("\\"):
            section = line
        elif section == "\\1-grams:" and line:
            p, word, *backoff = line.split()
            unigrams[word] = (10 ** float(p), 10 ** float(backoff[0]) if backoff else 1.0)
        elif section == "\\2-grams:" and line:
            p, first, second = line.split()
            bigrams[first, second] = 10 ** float(p)
    return unigrams, bigrams


def probability(unigrams, bigrams, first, second):
    if (first, second) in bigrams:
        return bigrams[first, second]
    return unigrams[first][1] * unigrams[second][0]


def test_probabilities_sum_to_one_after_every_word():
    unigrams, bigrams = parse(bigram_arpa(SENTENCES))
    words = [word for word in unigrams if word != "<s>"]
    assert sum(unigrams[word][0] for word in words) == pytest.approx(1.0, abs=1e-4)
    for first in [*words, "<s>"]:
        if first != "</s>":
            total = sum(probability(unigrams, bigrams, first, second) for second in words)
            assert total == pytest.approx(1.0, abs=1e-4)


def test_bigrams_have_the_discounted_frequency():
    """Two of three sentences begin with "the": (2 - 0.5) / 3."""
    _, bigrams = parse(bigram_arpa(SENTENCES, discount=0.5))
    assert bigrams["<s>", "the"] == pytest.approx((2 - 0.5) / 3, rel=1e-4)


def test_repeated_and_empty_sentences_change_nothing():
    assert bigram_arpa(SENTENCES) == bigram_arpa(dict.fromkeys(filter(None, SENTENCES)))


def test_header_counts_what_follows():
    arpa = bigram_arpa(SENTENCES)
    unigrams, bigrams = parse(arpa)
    assert f"ngram 1={len(unigrams)}\nngram 2={len(bigrams)}\n" in arpa


def test_a_model_of_one_word_is_finite():
    """All words follow something here, so nothing is left to back off to."""
    unigrams, bigrams = parse(bigram_arpa(["yes"]))
    assert np.isfinite([*bigrams.values(), *np.ravel([*unigrams.values()])]).all()


@pytest.mark.parametrize("sentences, discount", [([], 0.5), ([" "], 0.5), (["a"], 0), (["a"], 1)])
def test_bad_input_is_refused(sentences, discount):
    with pytest.raises(ValueError, match="must"):
        bigram_arpa(sentences, discount=discount)

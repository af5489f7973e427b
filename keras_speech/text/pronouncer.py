"""Words to phones in the graph: a table of words, and rules for all others."""

import numpy as np
import tensorflow as tf

from keras_speech.text import phones
from keras_speech.text.letter_to_sound import LetterToSound

_NOT_FOUND = "?"


class Pronouncer:
    """Says each word by the lexicon, as a possessive of a word that can be said, or by the rules.

    Everything is constants, so a call can be exported from any place.

    Args:
        lexicon: dict from a lower-case word to its space-joined phones.
        rules: dict of rules as `LetterToSound` takes them.
        stress: whether vowels carry their stress digits. Defaults to `False`.
        braced: a `BracedPhones`, which knows the words that it coded. Defaults to `None`.

    Call arguments:
        words: string tensor `(n,)` or list of words in the letters a to z and apostrophe.

    Returns: string tensor `(n,)`, the space-joined phones.

    Raises:
        ValueError: for a malformed rule, and for a phone that is not in the table; names the
            word.
    """

    def __init__(self, lexicon, rules, *, stress=False, braced=None):
        self.lexicon, self.rules, self.stress = lexicon, rules, stress
        self._braced = braced
        self._letter_to_sound = LetterToSound(rules)
        self._check_phones()
        with tf.init_scope():
            # The words' 63-bit fingerprints, sorted: a table of constants, which a word that is
            # not in it hits by chance with a probability of 1e-14.
            keys = _fingerprint(np.array(list(lexicon) or [""], dtype=object)).numpy()
            order = np.argsort(keys)
            self._keys = tf.constant(keys[order])
            values = np.array(list(lexicon.values()) or [_NOT_FOUND], dtype=object)
            self._values = tf.constant(values[order])

    def __call__(self, words):
        words, where = tf.unique(tf.convert_to_tensor(words, tf.string))
        # An apostrophe at the edge is part of few words ('em) and of every quotation.
        bare = tf.strings.regex_replace(words, "^'+|'+$", "")
        stem = tf.strings.regex_replace(bare, "([a-z])'s$", r"\1")
        whole, said = self._look_up(words), self._look_up(stem)
        whole = tf.where(tf.equal(whole, _NOT_FOUND), self._look_up(bare), whole)
        if self._braced is not None:
            coded = self._braced.is_coded(stem)
            said = tf.where(coded, self._braced.phones_of(stem), said)
        guess = tf.where(tf.logical_and(tf.equal(whole, _NOT_FOUND), tf.equal(said, _NOT_FOUND)))
        said = tf.tensor_scatter_nd_update(
            said, guess, self._letter_to_sound(tf.gather_nd(stem, guess))
        )
        said = tf.where(tf.equal(stem, bare), said, phones.with_s(said, stress=self.stress))
        return tf.gather(tf.where(tf.equal(whole, _NOT_FOUND), said, whole), where)

    def pruned(self):
        """Returns the lexicon without the words that are said the same without them."""
        bare, marked = {}, {}
        for word, said in self.lexicon.items():
            (marked if "'" in word else bare)[word] = said
        kept = self._with_lexicon({})._exceptions(bare)
        # Words with an apostrophe may lean on one without, so they are judged in a second round.
        return kept | self._with_lexicon(kept)._exceptions(marked)

    def _exceptions(self, lexicon, n_at_once=20_000):
        words, exceptions = list(lexicon), {}
        for start in range(0, len(words), n_at_once):
            part = words[start : start + n_at_once]
            for word, said in zip(part, self(part).numpy().tolist(), strict=True):
                if said.decode() != lexicon[word]:
                    exceptions[word] = lexicon[word]
        return exceptions

    def _with_lexicon(self, lexicon):
        return Pronouncer(lexicon, self.rules, stress=self.stress)

    def _check_phones(self):
        table = set(phones.symbols(stress=self.stress))
        said = {phone for phrase in self.lexicon.values() for phone in phrase.split()}
        said |= {phone for piece in self._letter_to_sound.pieces for phone in piece.split()}
        if strange := said - table:
            phone = min(strange)
            of = [repr(word) for word, p in self.lexicon.items() if phone in p.split()]
            raise ValueError(
                f"Pronunciations must consist of ARPAbet phones with stress={self.stress}. "
                f"Received: {phone!r} in {of[0] if of else 'a letter-to-sound rule'}."
            )

    def _look_up(self, words):
        keys = _fingerprint(words)
        row = tf.minimum(tf.searchsorted(self._keys, keys), tf.size(self._keys) - 1)
        found = tf.equal(tf.gather(self._keys, row), keys)
        return tf.where(found, tf.gather(self._values, row), _NOT_FOUND)


def _fingerprint(words):
    return tf.strings.to_hash_bucket_fast(words, 2**63 - 1)

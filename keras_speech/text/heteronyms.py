"""Which of two ways a written word is said, by the words beside it, in the graph."""

import tensorflow as tf

from keras_speech.text import heteronym_rules, normalize_marks, phones

_ADVERB, _POSSESSIVE = "adverb", "det"
_OTHER = "-"


class Heteronyms:
    """Says the words of `heteronym_rules.RULES` by the classes of the words before and after.

    A rule for both neighbors is stronger than one for the word before, that one stronger than
    one for the word after. Adverbs before the word (`not`, `never`, words in -ly) are looked
    through, a possessive before it counts as `my` does, and the ends of a text as punctuation.

    Args:
        stress: whether vowels carry their stress digits. Defaults to `False`.
        without: words to leave alone.
    """

    def __init__(self, *, stress=False, without=()):
        entries = {}
        for word, (default, *rules) in heteronym_rules.RULES.items():
            if word in without:
                continue
            entries[word] = phones.to_symbols(default, stress=stress)
            for contexts, said in rules:
                for context in contexts.split():
                    entries[f"{word} {context}"] = phones.to_symbols(said, stress=stress)
        self._said = normalize_marks.ConstantTable(entries or {"": ""})
        self._class = normalize_marks.ConstantTable(
            {
                word: name
                for name, words in heteronym_rules.CLASSES.items()
                for word in words.split()
            }
        )

    def __call__(self, units, said):
        """Phones of words in their places.

        Args:
            units: ragged string tensor `(batch, None)` of words and punctuation marks.
            said: string tensor, the phones of `units.flat_values`.

        Returns: string tensor like `said`, changed where a rule says so.
        """
        words = tf.strings.regex_replace(units.flat_values, "^'+|'+$", "")
        before, after = self._neighbors(words, units.value_rowids())
        # The weakest first: each later one goes over it.
        for key in (
            words,
            words + " _" + after,
            words + " " + before + "_",
            words + " " + before + "_" + after,
        ):
            said = self._said.lookup(key, said)
        return said

    def _neighbors(self, words, rows):
        classes = self._class.lookup(words, _OTHER)
        of_none = tf.equal(classes, _OTHER)
        possessive = tf.strings.regex_full_match(words, "[a-z]+'s|[a-z]+s'")
        classes = tf.where(tf.logical_and(of_none, possessive), _POSSESSIVE, classes)
        in_ly = tf.strings.regex_full_match(words, "[a-z]{3,}ly")
        classes = tf.where(tf.logical_and(of_none, in_ly), _ADVERB, classes)
        before = _shifted(classes, rows, 1)
        before = tf.where(tf.equal(before, _ADVERB), _shifted(classes, rows, 2), before)
        return before, _shifted(classes, rows, -1)


def _shifted(classes, rows, by):
    """The class `by` places before each one in its row, `mark` where there is none."""
    place = tf.range(tf.size(classes)) - by
    inside = tf.logical_and(place >= 0, place < tf.size(classes))
    place = tf.clip_by_value(place, 0, tf.maximum(tf.size(classes) - 1, 0))
    inside = tf.logical_and(inside, tf.equal(tf.gather(rows, place), rows))
    return tf.where(inside, tf.gather(classes, place), "mark")

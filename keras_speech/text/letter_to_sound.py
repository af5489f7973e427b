"""Letter-to-sound rules as table lookups, one row of contexts per letter, in the graph."""

import numpy as np
import tensorflow as tf

EDGE = "#"
LETTERS = EDGE + "'abcdefghijklmnopqrstuvwxyz"
CODES = {letter: index + 1 for index, letter in enumerate(LETTERS)}

# The contexts tried, (letters to the left, letters to the right), the widest first.
LEVELS = ((5, 5), (4, 4), (3, 4), (4, 3), (3, 3), (2, 3), (3, 2), (2, 2), (1, 3), (1, 2), (2, 1),
          (1, 1), (0, 1), (0, 0))  # fmt: skip
_REACH = 5
# Five bits a letter, and 0 for a place outside the context, so that the widths never collide.
_BITS = 5


class LetterToSound(tf.Module):
    """Says words that no lexicon has, by rules learned from one.

    Every letter takes the piece (0, 1 or 2 phones) of the widest context of neighbouring
    letters that the rules know. Contexts are 64-bit integers, so that a whole text is a few
    integer operations and one hash table lookup per width.

    Args:
        rules: dict from a context to a piece. A context is written `left(letter)right`, with
            `#` for everything beyond the word: `{"u(g)h#": "F", "(g)": "G"}`. A piece is
            space-joined phones, "" for a silent letter.

    Call arguments:
        words: string tensor `(n,)` of words in the letters a to z and the apostrophe.

    Returns: string tensor `(n,)`, space-joined phones.

    Raises:
        ValueError: if a context or a piece is malformed.

    Example:

    >>> rules = {"(o)": "AA", "(f)": "F", "(b)": "B", "(x)": "K S"}
    >>> LetterToSound(rules)(["box", "fox"]).numpy().tolist()
    [b'B AA K S', b'F AA K S']
    """

    def __init__(self, rules):
        super().__init__()
        self.rules = dict(rules)
        pieces = sorted(set(self.rules.values()) | {""})
        ids = {piece: index for index, piece in enumerate(pieces)}
        keys = np.array([context_key(context) for context in self.rules], np.int64)
        values = np.array([ids[piece] for piece in self.rules.values()], np.int32)
        with tf.init_scope():
            initializer = tf.lookup.KeyValueTensorInitializer(keys, values)
            self._pieces_by_context = tf.lookup.StaticHashTable(initializer, -1)
            self._pieces = tf.constant(pieces)
            self._codes = tf.constant(_byte_codes())

    def __call__(self, words):
        words = tf.convert_to_tensor(words, tf.string)
        characters = tf.strings.unicode_decode(words, "UTF-8")
        lengths = characters.row_lengths()
        codes = tf.gather(self._codes, tf.minimum(characters.flat_values, 255))
        # One padded line of codes for all the words, `_REACH` edges before each and after all.
        rows = tf.repeat(tf.range(tf.size(lengths, tf.int64)), lengths)
        n_letters = tf.size(codes, tf.int64)
        places = tf.range(n_letters) + (rows + 1) * _REACH
        size = n_letters + (tf.size(lengths, tf.int64) + 1) * _REACH
        line = tf.tensor_scatter_nd_update(
            tf.fill([size], np.int64(CODES[EDGE])), places[:, None], codes
        )
        around = {
            d: tf.gather(line, places + d) * np.int64(1 << _BITS * (d + _REACH))
            for d in range(-_REACH, _REACH + 1)
        }
        chosen = tf.zeros_like(places, tf.int32) - 1
        for left, right in LEVELS:
            key = tf.add_n([around[d] for d in range(-left, right + 1)])
            found = self._pieces_by_context.lookup(key)
            chosen = tf.where(chosen < 0, found, chosen)
        pieces = tf.gather(self._pieces, tf.maximum(chosen, 0))
        phones = tf.RaggedTensor.from_row_lengths(pieces, lengths)
        phones = tf.strings.reduce_join(phones, axis=-1, separator=" ")
        return tf.strings.strip(tf.strings.regex_replace(phones, " +", " "))


def context_key(context):
    """The integer of a context such as `"u(g)h#"`."""
    left, opened, rest = context.partition("(")
    letter, closed, right = rest.partition(")")
    known = all(c in CODES for c in left + letter + right)
    if not (opened and closed and len(letter) == 1 and known and (len(left), len(right)) in LEVELS):
        raise ValueError(
            "A context must be written left(letter)right in the letters a to z, ' and #, in one "
            f"of the widths {LEVELS}. Received: {context!r}."
        )
    start = _REACH - len(left)
    return sum(CODES[c] << _BITS * (start + i) for i, c in enumerate(left + letter + right))


def _byte_codes():
    codes = np.full(256, CODES[EDGE], np.int64)
    for letter, code in CODES.items():
        codes[ord(letter)] = code
    return codes

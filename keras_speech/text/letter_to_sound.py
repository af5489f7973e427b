"""Letter-to-sound rules as votes of the letters around, counted inside the TensorFlow graph."""

import numpy as np
import tensorflow as tf

EDGE = "#"
SILENT = "_"
LETTERS = EDGE + "'abcdefghijklmnopqrstuvwxyz"
REACH = 5  # letters each side that a context may hold
# Eleven places of five bits; 0 is a place outside the context, so widths never collide.
BITS = 5

_CODE_OF_BYTE = np.zeros(256, np.int64)
_CODE_OF_BYTE[[ord(letter) for letter in LETTERS]] = np.arange(1, len(LETTERS) + 1)
_IMPOSSIBLE = -(2**20)


class LetterToSound:
    """Says words that no lexicon has, by rules learned from one.

    Every letter says one piece, 0, 1 or 2 phones. The contexts that a letter stands in, from
    itself alone to windows of eight letters, each add whole-number points to some pieces, and the
    piece with the most points is said. Whole numbers make the result the same on every machine.
    Everything is constants, so a call can be exported from any place.

    Args:
        rules: dict from a context to its points. A context is written `left(letter)right`, at
            most 5 letters to a side, with `#` for what lies beyond the word; points are written
            `points piece`, comma-separated, with `_` for a silent letter:
            `{"u(g)h#": "9 F,-3 G,4 _"}`.

    Call arguments:
        words: string tensor `(n,)` of words in the letters a to z and the apostrophe.

    Returns: string tensor `(n,)`, space-joined phones.

    Raises:
        ValueError: if a rule is malformed.

    Example:

    >>> rules = {"(o)": "1 AA", "(f)": "1 F", "(b)": "1 B", "(x)": "1 K S", "(x)#": "2 Z"}
    >>> LetterToSound(rules)(["fox", "box", "xo"]).numpy().tolist()
    [b'F AA Z', b'B AA Z', b'K S AA']

    Reference: a maximum entropy classifier with sparse weights (McMahan et al., 2013, "Ad click
    prediction", FTRL-Proximal), see `letter_to_sound_training.learn_rules`.
    """

    def __init__(self, rules):
        keys, letters, self._windows = _parse_contexts(list(rules))
        pieces, points = _parse_points(list(rules.items()), letters)
        self.pieces = sorted({piece for row in pieces for piece in row if piece})
        order = np.argsort(keys)
        with tf.init_scope():
            # The first row, without points, is what contexts without a rule find.
            self._keys = tf.constant(np.append(-1, keys[order]))
            self._points = tf.constant(np.append(np.zeros_like(points[:1]), points[order], 0))
            self._pieces = tf.constant([[piece or "" for piece in row] for row in pieces])
            self._possible = tf.constant(
                [[_IMPOSSIBLE if piece is None else 0 for piece in row] for row in pieces]
            )
            self._codes = tf.constant(np.maximum(_CODE_OF_BYTE, 1))

    def __call__(self, words):
        characters = tf.strings.unicode_decode(tf.convert_to_tensor(words, tf.string), "UTF-8")
        lengths = characters.row_lengths()
        codes = tf.gather(self._codes, tf.minimum(characters.flat_values, 255))
        # One line of codes for all the words, with `REACH` edges before each and after the last.
        rows = characters.value_rowids()
        places = tf.range(tf.size(codes, tf.int64)) + (rows + 1) * REACH
        size = tf.size(codes, tf.int64) + (tf.size(lengths, tf.int64) + 1) * REACH
        line = tf.tensor_scatter_nd_update(tf.ones([size], tf.int64), places[:, None], codes)
        around = {
            offset: tf.gather(line, places + offset) * np.int64(1 << BITS * (offset + REACH))
            for offset in range(-REACH, REACH + 1)
        }
        score = tf.gather(self._possible, codes)  # [letters, pieces]
        for left, right in self._windows:
            key = tf.add_n([around[offset] for offset in range(-left, right + 1)])
            row = tf.searchsorted(self._keys, key, out_type=tf.int32)
            row = tf.minimum(row, tf.size(self._keys) - 1)
            row = tf.where(tf.equal(tf.gather(self._keys, row), key), row, 0)
            score += tf.cast(tf.gather(self._points, row), tf.int32)
        chosen = tf.gather(self._pieces, codes)
        chosen = tf.gather(chosen, tf.argmax(score, axis=-1), batch_dims=1)
        phones = tf.strings.reduce_join(characters.with_flat_values(chosen), axis=-1, separator=" ")
        return tf.strings.strip(tf.strings.regex_replace(phones, " +", " "))


def _parse_contexts(contexts):
    """Keys `(n,)`, codes of the letters in parentheses `(n,)`, and all (left, right) there are."""
    encoded = [context.encode() for context in contexts]
    width = 2 * REACH + 3
    text = np.frombuffer(
        b"".join(c[: width + 1].ljust(width + 1, b"\0") for c in encoded), np.uint8
    )
    text = text.reshape(-1, width + 1)
    opened = (text == ord("(")).argmax(1)
    right = (text != 0).sum(1) - opened - 3
    rows = np.arange(len(text))
    closed = text[rows, np.minimum(opened + 2, width)]
    good = (closed == ord(")")) & (opened <= REACH) & (right >= 0) & (right <= REACH)
    keys, letters = np.zeros(len(text), np.int64), None
    for offset in range(-REACH, REACH + 1):
        inside = (offset >= -opened) & (offset <= right)
        place = opened + offset + np.sign(offset) + 1
        codes = _CODE_OF_BYTE[text[rows, np.clip(place, 0, width)]] * inside
        good &= ~inside | (codes > 0)
        letters = codes if offset == 0 else letters
        keys += codes << BITS * (offset + REACH)
    if not good.all():
        raise ValueError(
            "A context must be written left(letter)right in a to z, ' and #, with at most "
            f"{REACH} letters to a side. Received: {contexts[int(good.argmin())]!r}."
        )
    return keys, letters, sorted(set(zip(opened.tolist(), right.tolist(), strict=True)))


def _parse_points(rules, letters):
    """Pieces by letter code, `None` where a letter has fewer, and int8 points `(n, pieces)`."""
    items, of_item, rows = {}, [], []
    for row, (_, text) in enumerate(rules):
        for item in text.split(","):
            of_item.append(items.setdefault(item, len(items)))
            rows.append(row)
    values, names = [], []
    for item in items:
        value, _, piece = item.partition(" ")
        if not (
            value.lstrip("-").isdecimal() and abs(int(value)) < 128 and piece.strip() == piece != ""
        ):
            context = rules[rows[of_item.index(items[item])]][0]
            raise ValueError(
                "The points of a rule must be written `points piece` with |points| < 128. "
                f"Received: {item!r} for the context {context!r}."
            )
        values.append(int(value))
        names.append("" if piece == SILENT else piece)
    of_item, rows = np.array(of_item, int), np.array(rows, int)
    pieces = sorted(set(names))
    piece_of_item = np.array([pieces.index(name) for name in names], int)
    # Each letter numbers its own pieces, in alphabetical order: few columns, and a fixed choice
    # between equals.
    n_codes = len(LETTERS) + 1
    used = np.zeros((n_codes, max(len(pieces), 1)), bool)
    used[letters[rows], piece_of_item[of_item]] = True
    column = used.cumsum(1) - 1
    table = [[None] * max(int(used.sum(1).max()), 1) for _ in range(n_codes)]
    for code, piece in zip(*used.nonzero(), strict=True):
        table[code][column[code, piece]] = pieces[piece]
    points = np.zeros((len(rules), len(table[0])), np.int8)
    points[rows, column[letters[rows], piece_of_item[of_item]]] = np.array(values, np.int8)[of_item]
    return table, points

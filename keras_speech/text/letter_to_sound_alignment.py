"""Which letters of a word say which of its phones, found by hard EM."""

import collections

import numpy as np

LETTERS = "#'abcdefghijklmnopqrstuvwxyz"
CODES = {letter: index + 1 for index, letter in enumerate(LETTERS)}


def align_letters(words, pronunciations, *, n_iterations=6):
    """Splits each pronunciation into one piece of 0, 1 or 2 phones per letter.

    The piece that each letter says is a draw from p(piece | letter); the table is estimated
    from the best alignments that it itself gives (Viterbi training), starting from how often
    a letter and a phone stand at about the same place in their words.

    Args:
        words: list of words in the letters a to z and the apostrophe.
        pronunciations: list of tuples of phone names, one per word.
        n_iterations: rounds of aligning and counting. Defaults to `6`.

    Returns: two lists of the same length as `words`: the pieces, a tuple of strings of
    space-joined phones ("" for a silent letter) or `None` where a word has more than twice as
    many phones as letters; and the mean log probability of a piece, a measure of how regular
    the word is (`-inf` where it has no alignment).

    Example:

    >>> pieces, scores = align_letters(["box", "ox", "fog"], [("B", "AA", "K", "S"),
    ...                                ("AA", "K", "S"), ("F", "AA", "G")])
    >>> pieces[0]
    ('B', 'AA', 'K S')

    Reference: Black, Lenzo and Pagel, 1998, "Issues in building general letter to sound
    rules", section 3.2, with every piece allowed for every letter.
    """
    names = sorted({phone for phones in pronunciations for phone in phones})
    ids = {name: index + 1 for index, name in enumerate(names)}
    groups = collections.defaultdict(list)
    for index, (word, phones) in enumerate(zip(words, pronunciations, strict=True)):
        if phones and 2 * len(word) >= len(phones):
            groups[len(word), len(phones)].append(index)
    batches = []
    for indices in groups.values():
        letters = np.array([[CODES[c] for c in words[i]] for i in indices])
        phones = np.array([[ids[p] for p in pronunciations[i]] for i in indices])
        batches.append((indices, letters, phones))

    size = len(names) + 1
    tables = _initial_tables(batches, size)
    for _ in range(n_iterations):
        found = [_best_pieces(letters, phones, tables) for _, letters, phones in batches]
        tables = _count_tables(batches, found, size)

    pieces, scores = [None] * len(words), [-np.inf] * len(words)
    text = [
        [
            " ".join(([names[a - 1]] if a else []) + ([names[b - 1]] if b else []))
            for b in range(size)
        ]
        for a in range(size)
    ]
    for (indices, letters, _), (first, second, score) in zip(batches, found, strict=True):
        for row, index in enumerate(indices):
            if np.isfinite(score[row]):
                pairs = zip(first[row].tolist(), second[row].tolist(), strict=True)
                pieces[index] = tuple(text[a][b] for a, b in pairs)
                scores[index] = float(score[row]) / letters.shape[1]
    return pieces, scores


def _initial_tables(batches, size):
    """Log tables (letter, first phone, second phone), 0 standing for no phone."""
    near = np.full((len(LETTERS) + 1, size), 1e-2)
    for _, letters, phones in batches:
        n, m = letters.shape[1], phones.shape[1]
        distance = (np.arange(n)[:, None] + 0.5) / n - (np.arange(m)[None] + 0.5) / m
        weight = np.exp(-0.5 * (distance * max(n, m) / 0.7) ** 2)
        pairs = letters[:, :, None] * size + phones[:, None, :]
        counts = np.bincount(
            pairs.ravel(), np.broadcast_to(weight, pairs.shape).ravel(), minlength=near.size
        )
        near += counts.reshape(near.shape)
    near[:, 0] = 0.0
    # How much likelier than by chance, so that frequent phones do not attract every letter.
    joint = near / near.sum()
    chance = joint.sum(0, keepdims=True) + 1e-12
    single = np.log(near / near.sum(1, keepdims=True) + 1e-9)
    single += 0.5 * np.log(joint / joint.sum(1, keepdims=True) / chance + 1e-9)
    table = np.full((len(LETTERS) + 1, size, size), -np.inf)
    # A doubled letter costs what a silent one and a voiced one cost together, and more.
    table[:, 1:, 1:] = single[:, 1:, None] + single[:, None, 1:] - 2.0
    table[:, 1:, 0] = single[:, 1:]
    table[:, 0, 0] = -3.0
    return table


def _best_pieces(letters, phones, table):
    """Viterbi over a batch of words of equal lengths: `(batch, n)` and `(batch, m)`."""
    batch, n = letters.shape
    m = phones.shape[1]
    score = np.full((batch, m + 1), -np.inf)
    score[:, 0] = 0.0
    taken = np.zeros((n, batch, m + 1), np.int8)
    for position in range(n):
        letter = letters[:, position, None]
        options = np.full((3, batch, m + 1), -np.inf)
        options[0] = score + table[letter, 0, 0]
        options[1, :, 1:] = score[:, :-1] + table[letter, phones, 0]
        if m > 1:
            options[2, :, 2:] = score[:, :-2] + table[letter, phones[:, :-1], phones[:, 1:]]
        taken[position] = options.argmax(0)
        score = options.max(0)
    first, second = np.zeros((batch, n), int), np.zeros((batch, n), int)
    rows, place = np.arange(batch), np.full(batch, m)
    for position in range(n - 1, -1, -1):
        count = taken[position, rows, place]
        begin = place - count
        first[:, position] = np.where(count > 0, phones[rows, np.minimum(begin, m - 1)], 0)
        second[:, position] = np.where(count > 1, phones[rows, np.minimum(begin + 1, m - 1)], 0)
        place = begin
    return first, second, score[:, m]


def _count_tables(batches, found, size):
    counts = np.zeros((len(LETTERS) + 1) * size * size)
    for (_, letters, _), (first, second, score) in zip(batches, found, strict=True):
        finite = np.isfinite(score)
        keys = ((letters * size + first) * size + second)[finite]
        counts += np.bincount(keys.ravel(), minlength=counts.size)
    counts = counts.reshape(len(LETTERS) + 1, size, size)
    # The floor keeps every single piece possible; unseen pairs stay much dearer than two
    # neighbors sharing them.
    floor = np.full((size, size), 1e-3)
    floor[:, 0] = 0.1
    floor[0, 1:] = 0.0
    with np.errstate(divide="ignore"):
        return np.log((counts + floor) / (counts + floor).sum((1, 2), keepdims=True))

"""Which stretches of a corpus make the batches of an epoch."""

import numpy as np

# Streams of random numbers that share a seed and must not be the same.
_ROUNDS, _PLACES = 1, 2
# Rounds are drawn together in blocks of about so many files: a generator for each round would be
# slow where a corpus is a few long files.
_FILES_AT_ONCE = 4096
# Steps by the golden section never come back to where they were, and spread evenly.
_GOLDEN = 0.6180339887498949


def plan_crops(
    lengths, n_starts, n_crops, *, balance="files", seed=0, epoch=0, shuffle=True, n_tries=1
):
    """Chooses files, and places in them.

    Args:
        lengths: duration of each file, in any unit, integers.
        n_starts: number of places where a crop of each file can begin.
        n_crops: number of crops.
        balance: `"files"` or `"seconds"`, what is equally likely; see `waveform_batches`.
        seed: together with `epoch`, decides everything random.
        epoch: number of the epoch, from 0.
        shuffle: with `False`, crops are evenly spread and nothing is random.
        n_tries: places drawn for each crop, for one after another to be tried.

    Returns: int64 `(n_crops, 1 + n_tries)`: a file, then places from 0 to `n_starts - 1`.

    Example:

    >>> plan_crops([40, 60], [31, 51], 5, balance="seconds", shuffle=False).tolist()
    [[0, 0], [0, 30], [1, 0], [1, 25], [1, 50]]
    """
    lengths, n_starts = np.asarray(lengths, "int64"), np.asarray(n_starts, "int64")
    if not shuffle:
        return _evenly(
            lengths if balance == "seconds" else np.ones_like(lengths), n_starts, n_crops, n_tries
        )
    generator = np.random.default_rng([seed, _PLACES, epoch])
    places = generator.random((n_crops, n_tries))
    if balance == "files":
        files = _rounds(len(lengths), epoch * n_crops, n_crops, seed)
    else:
        # One point in each of `n_crops` equal parts of all audio: every point of it is equally
        # likely, and every epoch goes over all of it.
        ends = np.cumsum(lengths)
        points = (np.arange(n_crops) + places[:, 0]) * (ends[-1] / n_crops)
        files = np.minimum(np.searchsorted(ends, points, side="right"), len(lengths) - 1)
        places[:, 0] = (points - (ends - lengths)[files]) / lengths[files]
        order = generator.permutation(n_crops)
        files, places = files[order], places[order]
    starts = (places * n_starts[files][:, None]).astype("int64")
    starts = np.clip(starts, 0, n_starts[files][:, None] - 1)
    return np.concatenate([files[:, None], starts], axis=1)


def _rounds(n_files, begin, count, seed):
    """Files from place `begin` of an endless series of rounds, each of all files, shuffled."""
    n_rounds = max(1, _FILES_AT_ONCE // n_files)
    block_length = n_rounds * n_files
    first, last = begin // block_length, (begin + count - 1) // block_length
    one_block = np.tile(np.arange(n_files), (n_rounds, 1))
    blocks = [
        np.random.default_rng([seed, _ROUNDS, block]).permuted(one_block, axis=1).ravel()
        for block in range(first, last + 1)
    ]
    begin -= first * block_length
    return np.concatenate(blocks)[begin : begin + count]


def _evenly(weights, n_starts, n_crops, n_tries):
    """Each file's share of the crops by weight, from its first place to its last."""
    ends = np.cumsum(weights)
    files = np.searchsorted(ends, np.arange(n_crops) * ends[-1] // n_crops, side="right")
    counts = np.bincount(files, minlength=len(weights))
    number = np.arange(n_crops) - (np.cumsum(counts) - counts)[files]
    n_places = n_starts[files]
    starts = number * (n_places - 1) // np.maximum(counts[files] - 1, 1)
    jumps = np.round(np.arange(n_tries) * _GOLDEN * n_places[:, None]).astype("int64")
    return np.concatenate([files[:, None], (starts[:, None] + jumps) % n_places[:, None]], axis=1)

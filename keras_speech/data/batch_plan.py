"""Which recordings go into which batch."""

import numpy as np


def plan_batches(lengths, batch_size, *, seed=None, epoch=0, shuffle=True, spread=0.1):
    """Puts recordings of similar length together, in a new order every epoch.

    Recordings are sorted by length times a random factor near one, cut into batches, and the
    batches shuffled: little padding, and no two epochs have the same batches. Where the number
    does not divide, one batch, at a random place, is smaller.

    Args:
        lengths: frames of each recording.
        batch_size: recordings a batch.
        seed: together with `epoch`, decides the order.
        epoch: number of the epoch, from 0.
        shuffle: with `False`, recordings stay in their order. Defaults to `True`.
        spread: lengths are multiplied by 1 - spread to 1 + spread. Defaults to 0.1.

    Returns: int64 `(batches, batch_size)`, indices of recordings, -1 where a batch is smaller.

    Example:

    >>> plan_batches([10, 20, 30], 2, shuffle=False).tolist()
    [[0, 1], [2, -1]]
    """
    lengths = np.asarray(lengths)
    n_batches = -(-len(lengths) // batch_size)
    n_missing = n_batches * batch_size - len(lengths)
    if not shuffle:
        order = np.concatenate([np.arange(len(lengths)), np.full(n_missing, -1)])
        return order.reshape(n_batches, batch_size).astype("int64")
    generator = np.random.default_rng([seed, epoch])
    factors = generator.uniform(1.0 - spread, 1.0 + spread, len(lengths))
    # A shuffle first, so that equal lengths do not keep their order.
    order = generator.permutation(len(lengths))
    order = order[np.argsort((lengths * factors)[order], kind="stable")]
    smaller = generator.integers(n_batches)
    order = np.insert(order, (smaller + 1) * batch_size - n_missing, np.full(n_missing, -1))
    return generator.permutation(order.reshape(n_batches, batch_size)).astype("int64")

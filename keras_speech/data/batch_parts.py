"""The parts of every batch that several workers or replicas learn from."""

import numpy as np


class Part:
    """Takes one part of every batch of a plan: every `count`-th row.

    All parts together are the batches as one worker has them, but for rows that would make parts
    unequal: of a smaller batch the last ones are left out, fewer than `count` an epoch.

    Args:
        index: which part, from 0; `None` for all of them, in batches that can be divided.
        count: number of parts.
        batch_size: rows of a full batch.

    Raises:
        ValueError: a number is out of range, or does not divide the batch.
    """

    def __init__(self, index, count, batch_size):
        if not isinstance(count, (int, np.integer)) or count < 1:
            raise ValueError(f"`count` must be a positive integer. Received: count={count!r}.")
        if index is not None and (
            not isinstance(index, (int, np.integer)) or not 0 <= index < count
        ):
            raise ValueError(
                f"`index` must be a whole number from 0 to count - 1. Received: index={index!r}, "
                f"count={count}."
            )
        if batch_size % count:
            raise ValueError(
                "`batch_size` must be a multiple of the number of parts, so that all are equal. "
                f"Received: batch_size={batch_size}, count={count}."
            )
        self.index, self.count = index, int(count)
        self.batch_size = batch_size if index is None else batch_size // self.count

    def n_batches(self, n_rows, batch_size):
        """Batches that are left of `n_rows` in batches of `batch_size`."""
        return n_rows // batch_size + (n_rows % batch_size >= self.count)

    def __call__(self, plan):
        """Returns the part of a plan of `plan_batches`, int64 `(batches, rows)`, padded with -1."""
        parts = [self._of_batch(rows[rows >= 0]) for rows in plan]
        return np.array([rows for rows in parts if rows is not None], "int64").reshape(
            -1, self.batch_size
        )

    def _of_batch(self, rows):
        rows = rows[: len(rows) - len(rows) % self.count]
        if len(rows) == 0:
            return None
        rows = rows if self.index is None else rows[self.index :: self.count]
        return np.concatenate([rows, np.full(self.batch_size - len(rows), -1)])

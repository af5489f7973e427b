"""Where something is in a line of characters: the nearest place before and after any other."""

import tensorflow as tf


class Places:
    """Places of a mask that is True there.

    Args:
        mask: bool tensor `(n,)`.

    Example:

    >>> places = Places(tf.constant([False, True, False, True]))
    >>> places.before([0, 2, 4]).numpy().tolist()
    [-1, 1, 3]
    >>> places.from_here([0, 1, 2, 4]).numpy().tolist()
    [1, 1, 3, 4]
    """

    def __init__(self, mask):
        inside = tf.cast(tf.where(mask)[:, 0], tf.int32)
        self._line = tf.concat([[-1], inside, [tf.size(mask)]], 0)

    def all(self):
        """int32 tensor of all places."""
        return self._line[1:-1]

    def before(self, places):
        """The last place before each of `places`, at which it ends; -1 where there is none."""
        return tf.gather(self._line, tf.searchsorted(self._line[1:-1], places))

    def from_here(self, places):
        """The first place from each of `places` on; `n` where there is none."""
        return tf.gather(self._line, tf.searchsorted(self._line[1:-1], places) + 1)

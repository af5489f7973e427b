"""What all augmentations of batches share: where their random numbers come from."""

import zlib

import numpy as np
import tensorflow as tf


class Augmentation:
    """A function for `tf.data.Dataset.map` whose random draws depend on nothing that passes.

    There is no generator whose state would tie a draw to the order of calls. A draw is a function
    of `seed` and

    - in `dataset.map(augmentation)`, of the batch itself, its samples and tokens: the same batch is
      changed in the same way whenever it comes;
    - in `dataset.enumerate().map(augmentation)`, of the batch's number;
    - in `augmented(batches, augmentation)`, of the epoch and the batch's number in it.

    So the same seed gives the same output, whatever runs in parallel and wherever a training is
    resumed.

    Args:
        seed: non-negative int. Defaults to one drawn from NumPy's global generator, which
            `keras.utils.set_random_seed` sets.

    Subclasses implement `change(batch, key)`, of a dict that they may change and an int32 `(2,)`
    key for `tf.random.stateless_uniform` and its like; `needs` names the entries without which
    they can do nothing, `spoils` maps those that would not be true afterwards to what to do.
    """

    needs = ()
    spoils = {}

    def __init__(self, seed=None):
        if seed is None:
            seed = np.random.randint(2**31)
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
            raise ValueError(
                f"`seed` must be a non-negative integer or None. Received: seed={seed!r}."
            )
        self.seed = int(seed)

    # Without a conversion by AutoGraph, errors arrive as they are raised.
    @tf.autograph.experimental.do_not_convert
    def __call__(self, *element):
        """A changed copy of a batch.

        Args:
            *element: a dict of tensors; or before it an integer tensor, its number.

        Returns: dict with the same keys.

        Raises:
            ValueError: the batch lacks what is changed, or holds what would no longer be true.
        """
        batch = checked_batch(self, element[-1], self.needs, self.spoils)
        if len(element) == 1:
            place = _fingerprint_of(batch)
        elif len(element) == 2:
            place = tf.reshape(tf.cast(element[0], "int64"), [-1])
        else:
            raise ValueError(
                f"`{type(self).__name__}` takes a batch, or a number and a batch. "
                f"Received: {len(element)} values."
            )
        name = zlib.crc32(type(self).__name__.encode())
        return self.change(batch, _fingerprint(tf.concat([[self.seed, name], place], 0)))

    def change(self, batch, key):
        raise NotImplementedError


def checked_batch(function, batch, needs, spoils):
    """A copy of `batch`, once it is known that `function` can be applied to it."""
    name = type(function).__name__
    if not isinstance(batch, dict):
        raise ValueError(
            f"`{name}` needs a batch that is a dict of tensors. Received: {type(batch).__name__}."
        )
    batch = {key: tf.convert_to_tensor(value) for key, value in batch.items()}
    if missing := [key for key in needs if key not in batch]:
        raise ValueError(
            f"`{name}` needs batches with {missing}. Received: one with {sorted(batch)}."
        )
    for key, advice in spoils.items():
        if key in batch:
            raise ValueError(
                f"`{name}` would change the sound and not {key!r}, which is of it. {advice} "
                f"Received: a batch with {sorted(batch)}."
            )
    return batch


def _fingerprint_of(batch):
    """int64 vector that tells a batch from others.

    Of samples and integers, where there are any: what is computed may differ in its last bits from
    one machine to another.
    """
    exact = [k for k in sorted(batch) if k == "samples" or not batch[k].dtype.is_floating]
    prints = [_fingerprint(batch[key]) for key in exact or sorted(batch)]
    return tf.cast(tf.concat(prints, 0), "int64")


def _fingerprint(values):
    """64 bits, as int32 `(2,)`."""
    return tf.bitcast(tf.reshape(tf.fingerprint(tf.reshape(values, [1, -1])), [2, 4]), "int32")

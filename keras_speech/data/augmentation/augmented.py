"""Augmentations with draws of their own for every batch of every epoch."""

import itertools

import tensorflow as tf

from keras_speech.data.augmentation.augmentation import Augmentation


class AugmentedEpochs:
    """Augmented batches as a function of the epoch. Made by `augmented`.

    Args:
        epochs: gives the dataset of an epoch; `len()` of it is the number of batches.
        maps: the functions of batches.
    """

    def __init__(self, epochs, maps):
        self._epochs, self._maps = epochs, maps

    def __len__(self):
        """Batches an epoch."""
        return len(self._epochs)

    def __call__(self, epoch):
        """The batches of one epoch, from 0: the same in every pass over them."""
        dataset = self._epochs(epoch)
        return _mapped(dataset.enumerate(), [epoch], self._maps)

    def all_epochs(self):
        """A dataset that goes on to the next epoch with every pass, beginning with the first."""
        return augmented(self._epochs.all_epochs(), *self._maps)


def augmented(batches, *augmentations):
    """Applies augmentations to batches, with draws of their own in every epoch.

    `dataset.map(augmentation)` is enough where no batch comes back, as with random crops. A whole
    utterance does come back in every epoch: here its draws are another function of the seed each
    time, of the number of the epoch and of the batch in it.

    Args:
        batches: dataset of dicts, each pass over which is an epoch; or an `AcousticEpochs`,
            `WaveformEpochs` or other function of the epoch, for training that can be resumed.
        *augmentations: functions of a batch, applied one after another: of this module or others.

    Returns: dataset, or `AugmentedEpochs`, a function of the epoch, as `batches` is.

    Raises:
        ValueError: if there is no augmentation.
        TypeError: if `batches` is neither.

    Example:

    >>> epochs = ks.data.acoustic_epochs(corpus.train, spec, tokenizer, seed=0)  # doctest: +SKIP
    >>> drop = ks.data.augmentation.DropPunctuation(tokenizer, 0.2, seed=1)  # doctest: +SKIP
    >>> epochs = ks.data.augmentation.augmented(epochs, drop)  # doctest: +SKIP
    >>> ks.training.train(model, epochs, epochs=100, directory="run")  # doctest: +SKIP
    """
    if not augmentations:
        raise ValueError("`augmentations` must name one at least. Received: none.")
    if not isinstance(batches, tf.data.Dataset):
        if not callable(batches):
            raise TypeError(
                "`batches` must be a tf.data.Dataset, or a function of the epoch. "
                f"Received: {type(batches).__name__}."
            )
        return AugmentedEpochs(batches, augmentations)
    passes = itertools.count()

    def numbered(_):
        # Runs anew for every pass over the dataset.
        number = tf.numpy_function(lambda: next(passes), [], tf.int64)
        number.set_shape([])
        counted = tf.data.Dataset.from_tensors(number).repeat()
        return tf.data.Dataset.zip(counted, batches.enumerate())

    dataset = tf.data.Dataset.from_tensors(0).flat_map(numbered)
    dataset = dataset.map(lambda number, element: ((number, element[0]), element[1]))
    return _mapped(dataset, [], augmentations).apply(
        tf.data.experimental.assert_cardinality(batches.cardinality())
    )


def _mapped(dataset, epoch, maps):
    """Maps a dataset of `(number or numbers, batch)`."""

    def apply(numbers, batch):
        numbers = [tf.cast(n, "int64") for n in [*epoch, *tf.nest.flatten(numbers)]]
        for place, function in enumerate(maps):
            if isinstance(function, Augmentation):
                # Its place, too, so that two of a kind with one seed are not the same.
                batch = function(tf.stack([*numbers, tf.cast(place, "int64")]), batch)
            else:
                batch = function(batch)
        return batch

    apply = tf.autograph.experimental.do_not_convert(apply)
    return dataset.map(apply, num_parallel_calls=2, deterministic=True).prefetch(tf.data.AUTOTUNE)

"""The epochs of an acoustic corpus, each a `tf.data.Dataset`."""

import copy
import itertools
import math

import numpy as np
import tensorflow as tf

from keras_speech.data import (
    audio_edit,
    batch_parts,
    batch_plan,
    f0_features,
    f0_tracking,
    feature_cache,
    features,
    tables,
    utterances,
)
from keras_speech.data.shards import as_corpus


class AcousticEpochs:
    """Batches as a function of the epoch. Made by `acoustic_epochs`.

    Args:
        collate: makes the arrays of a batch from indices of recordings.
        lengths: frames of each recording.
        batch_size, seed, shuffle, drop_remainder: as in `acoustic_batches`.
    """

    def __init__(self, collate, lengths, *, batch_size, seed, shuffle, drop_remainder):
        self._collate = collate
        self._lengths = lengths
        self._batch_size, self._seed, self._shuffle = batch_size, seed, shuffle
        self._drop_remainder, self._part = drop_remainder, None
        n_batches = len(lengths) / batch_size
        self.n_batches = math.floor(n_batches) if drop_remainder else math.ceil(n_batches)
        if self.n_batches == 0:
            raise ValueError(
                "`drop_remainder` needs at least one full batch. Received: "
                f"{len(lengths)} recordings, batch_size={batch_size}."
            )

    def __len__(self):
        """Batches an epoch."""
        return self.n_batches

    def __call__(self, epoch):
        """The batches of one epoch, from 0: the same in every pass over them."""
        if epoch < 0:
            raise ValueError(f"`epoch` must not be negative. Received: epoch={epoch}.")
        return self._dataset(lambda: self._plan(epoch))

    def all_epochs(self):
        """A dataset that goes on to the next epoch with every pass, beginning with the first."""
        epochs = itertools.count()
        return self._dataset(lambda: self._plan(next(epochs)))

    def shard(self, index, count):
        """The part of every batch that one of `count` workers or replicas learns from.

        Each recording of an epoch is in one part; only its worker reads it. All parts together are
        the batches of a single worker, but for fewer than `count` recordings of the smaller batch.

        Args:
            index: which part, from 0. `None` is all of them: the batches themselves, which can
                then be divided.
            count: number of parts.

        Returns: `AcousticEpochs`.

        Raises:
            ValueError: a number is out of range, `count` does not divide the batches' size, or
                nothing is left.

        Example:

        >>> mine = epochs.shard(0, 2)  # doctest: +SKIP
        """
        result = copy.copy(self)
        result._part = batch_parts.Part(index, count, self._batch_size)
        if not self._drop_remainder:
            result.n_batches = result._part.n_batches(len(self._lengths), self._batch_size)
        if result.n_batches == 0:
            raise ValueError(
                "`shard` must leave a recording for each part. Received: "
                f"count={count}, and {len(self._lengths)} recordings."
            )
        return result

    def _plan(self, epoch):
        plan = batch_plan.plan_batches(
            self._lengths, self._batch_size, seed=self._seed, epoch=epoch, shuffle=self._shuffle
        )
        plan = plan[(plan >= 0).all(axis=1)] if self._drop_remainder else plan
        return plan if self._part is None else self._part(plan)

    def _dataset(self, plan):
        signature = self._collate.signature()
        rows = self._batch_size if self._part is None else self._part.batch_size
        batch_size = rows if self._drop_remainder else None

        def plan_of_pass(_):
            # Runs anew for every pass over the dataset.
            batches = tf.numpy_function(plan, [], tf.int64)
            batches.set_shape([None, rows])
            return tf.data.Dataset.from_tensor_slices(batches)

        def gather(indices):
            dtypes = [dtype for dtype, _ in signature.values()]
            arrays = tf.numpy_function(self._collate, [indices], dtypes)
            for array, (_, shape) in zip(arrays, signature.values(), strict=True):
                array.set_shape([batch_size, *shape])
            return dict(zip(signature, arrays, strict=True))

        dataset = (
            tf.data.Dataset.from_tensors(0)
            .flat_map(plan_of_pass)
            .map(gather, num_parallel_calls=2, deterministic=True)
            .apply(tf.data.experimental.assert_cardinality(self.n_batches))
        )
        return dataset.prefetch(tf.data.AUTOTUNE)


def acoustic_epochs(
    corpus,
    spec,
    tokenizer,
    batch_size=16,
    *,
    seed=None,
    shuffle=True,
    cache=None,
    on_error="raise",
    skipped=None,
    level=None,
    trim=None,
    f0=False,
    reduction=1,
    frame_multiple=1,
    token_multiple=1,
    drop_remainder=False,
    progress=True,
):
    """`acoustic_batches` as a function of the epoch, for training that can be resumed exactly.

    Features are made once, when this is called.

    Args: as in `acoustic_batches`.

    Returns: `AcousticEpochs`; called with the number of an epoch, from 0, it gives that epoch's
        `tf.data.Dataset`, and `len()` of it is the number of batches.

    Raises: as `acoustic_batches`.

    Example:

    >>> epochs = acoustic_epochs(corpus.train, spec, tokenizer, seed=0)  # doctest: +SKIP
    >>> ks.training.train(model, epochs, epochs=100, directory="run")  # doctest: +SKIP
    """
    for name, value in (
        ("batch_size", batch_size),
        ("reduction", reduction),
        ("frame_multiple", frame_multiple),
        ("token_multiple", token_multiple),
    ):
        if not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value!r}.")
    if seed is not None and (not isinstance(seed, (int, np.integer)) or seed < 0):
        raise ValueError(f"`seed` must be a non-negative integer or None. Received: seed={seed!r}.")
    corpus = as_corpus(corpus)
    if len(corpus) == 0:
        raise ValueError("`corpus` must hold recordings. Received: an empty one.")
    level = audio_edit.Level(level) if isinstance(level, (int, float)) else level
    trim = audio_edit.Trim(trim) if isinstance(trim, (int, float)) else trim
    f0 = f0_tracking.f0_options(f0)

    handle = tables.OnError(on_error, skipped)
    store = feature_cache.mel_cache(cache, spec, level=level, trim=trim)
    f0_store = None
    recordings, tokens = utterances.tokenize(corpus, tokenizer, on_error=handle)
    recordings, n_frames = features.log_mels(
        recordings, spec, cache=store, on_error=handle, level=level, trim=trim, progress=progress
    )
    if f0 is not None:
        f0_store = feature_cache.f0_cache(cache, spec, options=f0, trim=trim)
        recordings, n_frames = f0_features.f0_tracks(
            recordings,
            n_frames,
            spec,
            cache=f0_store,
            on_error=handle,
            options=f0,
            trim=trim,
            progress=progress,
        )
    fitting = utterances.with_fitting_durations(recordings, n_frames, tokens, on_error=handle)
    handle.warn(getattr(corpus, "name", "the corpus"), stacklevel=3)
    if not fitting:
        raise ValueError(f"`corpus` must hold usable recordings. All {len(corpus)} were skipped.")

    return AcousticEpochs(
        utterances.Collate(
            [recording for recording, _ in fitting],
            tokens,
            store,
            speakers=_speaker_names(corpus),
            n_mels=spec.n_mels,
            mel_padding=math.log(spec.log_floor),
            frame_multiple=math.lcm(reduction, frame_multiple),
            token_multiple=token_multiple,
            f0_cache=f0_store,
        ),
        np.array([frames for _, frames in fitting]),
        batch_size=batch_size,
        seed=int(np.random.randint(2**31)) if seed is None else int(seed),
        shuffle=shuffle,
        drop_remainder=drop_remainder,
    )


def _speaker_names(corpus):
    names = {r.speaker for r in corpus if r.speaker is not None}
    return getattr(corpus, "speakers", sorted(names))

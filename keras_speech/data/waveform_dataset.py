"""The epochs of a corpus of waveforms, each a `tf.data.Dataset`."""

import copy
import dataclasses
import itertools

import numpy as np
import tensorflow as tf

from keras_speech.data import batch_parts, crops


class WaveformEpochs:
    """Batches as a function of the epoch. Made by `waveform_epochs`.

    Args:
        cut: a `Cut`, which makes the arrays of a batch from its part of a plan.
        sample_rate: Hz of the samples.
        batch_size, steps_per_epoch, balance, seed, shuffle: as in `waveform_batches`.

    Attributes:
        sample_rate: Hz of the samples.
        n_batches: batches an epoch.
        recordings: the `Recording`s that crops are cut from.
        seconds: their duration.
    """

    def __init__(self, cut, *, sample_rate, batch_size, steps_per_epoch, balance, seed, shuffle):
        self.sample_rate = sample_rate
        self.recordings = [waveform.recording for waveform in cut.waveforms]
        self._lengths = np.array([len(waveform.samples) for waveform in cut.waveforms])
        self._n_starts = np.array(
            [waveform.n_starts(cut.segment_length, cut.step) for waveform in cut.waveforms]
        )
        n_samples = int(self._lengths.sum())
        self.seconds = n_samples / sample_rate
        per_batch = cut.segment_length * batch_size
        self.n_batches = steps_per_epoch or -(-n_samples // per_batch)
        self._cut, self._batch_size, self._part = cut, batch_size, None
        self._balance, self._seed, self._shuffle = balance, seed, shuffle

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

    def with_mels(self, function):
        """The same crops with other mels, such as those that an acoustic model predicts.

        Args:
            function: of a `Recording` and the mel of its audio, float32 `(frames, n_mels)`, that
                returns a mel of the same shape. It is called here, once for each recording.

        Returns: `WaveformEpochs`.

        Raises:
            ValueError: if there are no mels, or a mel of another shape is returned.

        Example:

        >>> epochs = waveform_epochs(corpus, 8192, spec=spec)  # doctest: +SKIP
        >>> forced = training.teacher_forced(tacotron2, tokenizer)  # doctest: +SKIP
        >>> predicted = epochs.with_mels(forced)  # doctest: +SKIP
        """
        if not self._cut.has_mel:
            raise ValueError("`with_mels` needs epochs made with a `spec`. Received: none.")
        result, result._cut = copy.copy(self), copy.copy(self._cut)
        result._cut.waveforms = [
            dataclasses.replace(waveform, mel=_other_mel(waveform, function))
            for waveform in self._cut.waveforms
        ]
        return result

    def shard(self, index, count):
        """The part of every batch that one of `count` workers or replicas learns from.

        Args:
            index: which part, from 0. `None` is all of them: the batches themselves.
            count: number of parts.

        Returns: `WaveformEpochs`.

        Raises:
            ValueError: a number is out of range, or `count` does not divide the batches' size.
        """
        result = copy.copy(self)
        result._part = batch_parts.Part(index, count, self._batch_size)
        return result

    def _plan(self, epoch):
        plan = crops.plan_crops(
            self._lengths,
            self._n_starts,
            self.n_batches * self._batch_size,
            balance=self._balance,
            seed=self._seed,
            epoch=epoch,
            shuffle=self._shuffle,
            n_tries=self._cut.n_tries,
        )
        plan = plan.reshape(self.n_batches, self._batch_size, -1)
        if self._part is None or self._part.index is None:
            return plan
        return plan[:, self._part.index :: self._part.count]

    def _dataset(self, plan):
        signature = self._cut.signature()
        rows = self._batch_size if self._part is None else self._part.batch_size

        def plan_of_pass(_):
            # Runs anew for every pass over the dataset.
            batches = tf.numpy_function(plan, [], tf.int64)
            batches.set_shape([self.n_batches, rows, 1 + self._cut.n_tries])
            return tf.data.Dataset.from_tensor_slices(batches)

        def gather(crops_of_batch):
            dtypes = [dtype for dtype, _ in signature.values()]
            arrays = tf.numpy_function(self._cut, [crops_of_batch], dtypes)
            for array, (_, shape) in zip(arrays, signature.values(), strict=True):
                array.set_shape([rows, *shape])
            return dict(zip(signature, arrays, strict=True))

        dataset = (
            tf.data.Dataset.from_tensors(0)
            .flat_map(plan_of_pass)
            .map(gather, num_parallel_calls=2, deterministic=True)
            .apply(tf.data.experimental.assert_cardinality(self.n_batches))
        )
        return dataset.prefetch(tf.data.AUTOTUNE)


def _other_mel(waveform, function):
    mel = waveform.mel[0 : len(waveform.mel)]
    other = np.asarray(function(waveform.recording, mel), "float32")
    if other.shape != mel.shape:
        raise ValueError(
            f"The mel of recording {waveform.recording.where} must keep its shape, {mel.shape}. "
            f"Received: shape={other.shape}."
        )
    return other

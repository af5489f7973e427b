"""`BatchWatch`: how long training waits for its batches, and how much audio they hold."""

import time

import tensorflow as tf


class BatchWatch:
    """Counts what is taken from datasets, and the time that taking it takes.

    What the watch is called with comes out unchanged; on the way out of the pipeline, after all
    its prefetching, the clock is read when a batch is asked for and again when it is there. So
    `waited_seconds` is the time in which the training stood still for want of data, not the time
    that the pipeline worked beside it.

    This holds for a training that takes batches straight from the dataset, as `fit` does on one
    device. Where something else prefetches between the two, as strategies for several devices do,
    part of the waiting is hidden from it.

    Args:
        frame_rate: frames a second of the batches' `mel`, `spec.frame_rate`, where they have
            `mel_lengths`. Defaults to none.
        sample_rate: Hz of the batches' `samples`, where they have those. Defaults to none.

    Attributes:
        batches: int, taken so far.
        waited_seconds: float, waited so far.
        audio_seconds: float, in the batches so far; 0 if no rate is given or they hold no audio.

    Example:

    >>> watch = BatchWatch(frame_rate=spec.frame_rate)  # doctest: +SKIP
    >>> throughput = ks.callbacks.Throughput(watch)  # doctest: +SKIP
    >>> model.fit(watch(batches), epochs=100, callbacks=[throughput])  # doctest: +SKIP
    """

    def __init__(self, *, frame_rate=None, sample_rate=None):
        self.frame_rate, self.sample_rate = frame_rate, sample_rate
        self.batches, self.waited_seconds, self.audio_seconds = 0, 0.0, 0.0

    def __call__(self, dataset):
        """Returns a `tf.data.Dataset` of the same elements, each of which is counted.

        Args:
            dataset: `tf.data.Dataset`.
        """
        # A zip asks its first part first: for the time.
        asked = tf.data.Dataset.counter().map(lambda _: self._clock())
        watched = tf.data.Dataset.zip((asked, dataset)).map(self._counted)
        options = tf.data.Options()
        # What tf.data would add at the end runs ahead of who asks, and would never be waited for.
        options.experimental_optimization.inject_prefetch = False
        return watched.with_options(options)

    def _clock(self):
        return tf.numpy_function(time.perf_counter, [], tf.float64)

    def _counted(self, asked, batch):
        with tf.control_dependencies(tf.nest.flatten(batch)):
            counted = tf.numpy_function(self._count, [asked, self._seconds(batch)], tf.bool)
        with tf.control_dependencies([counted]):
            return tf.nest.map_structure(tf.identity, batch)

    def _count(self, asked, audio_seconds):
        self.waited_seconds += time.perf_counter() - asked
        self.batches += 1
        self.audio_seconds += float(audio_seconds)
        return True

    def _seconds(self, batch):
        """Seconds of audio in a batch, without padding."""
        if isinstance(batch, dict):
            if self.frame_rate and "mel_lengths" in batch:
                return tf.cast(tf.reduce_sum(batch["mel_lengths"]), "float64") / self.frame_rate
            if self.sample_rate and "samples" in batch:
                n_samples = tf.size(batch["samples"], out_type=tf.int64)
                return tf.cast(n_samples, "float64") / self.sample_rate
        return tf.zeros((), "float64")

"""The watch counts the time that nobody else could have used."""

import time

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_speech.data import BatchWatch


def batches(n=6, delay=0.0, prefetch=0):
    """Batches of two rows, of 10 and 20 frames, that take `delay` seconds each to make."""

    def make(number):
        time.sleep(delay)
        return np.int32([number, number])

    def batch(number):
        values = tf.numpy_function(make, [number], tf.int32)
        values.set_shape([2])
        return {"number": values, "mel_lengths": tf.constant([10, 20])}

    dataset = tf.data.Dataset.range(n).map(batch)
    return dataset.prefetch(prefetch) if prefetch else dataset


def test_elements_come_out_unchanged_and_counted():
    watch = BatchWatch(frame_rate=100)
    watched = watch(batches())
    assert int(watched.cardinality()) == 6
    assert watched.element_spec == batches().element_spec
    for ours, theirs in zip(watched, batches(), strict=True):
        assert ours.keys() == theirs.keys()
        np.testing.assert_array_equal(ours["number"], theirs["number"])
    # 30 frames a batch, at a hundred a second
    assert watch.batches == 6 and watch.audio_seconds == pytest.approx(6 * 0.3)
    list(watched)
    assert watch.batches == 12


def test_samples_have_seconds_too_and_others_none():
    watch = BatchWatch(sample_rate=8000)
    list(watch(tf.data.Dataset.from_tensors({"samples": tf.zeros((4, 2000))})))
    assert watch.audio_seconds == pytest.approx(1.0)
    list(watch(tf.data.Dataset.from_tensors((tf.zeros(3), tf.zeros(2)))))
    assert watch.audio_seconds == pytest.approx(1.0) and watch.batches == 2


def test_waiting_is_counted_where_making_takes_longer_than_using():
    watch = BatchWatch()
    began = time.perf_counter()
    for _ in watch(batches(delay=0.05)):
        time.sleep(0.01)
    took = time.perf_counter() - began
    # Nothing is made beside its use: each of the six is waited for.
    assert 6 * 0.05 <= watch.waited_seconds <= took - 6 * 0.01 + 1e-3


def test_what_is_made_meanwhile_is_not_waited_for():
    """A pipeline as busy as in the last test, whose work is done before it is asked for."""
    watch = BatchWatch()
    for _ in watch(batches(delay=0.05, prefetch=2)):
        time.sleep(0.1)
    # The first is waited for; half of the rest is left to the machine's other business.
    assert watch.waited_seconds < 0.05 + 5 * 0.05 / 2


def test_nothing_runs_ahead_behind_the_watch():
    """Whoever waits must be who asks: the count never runs ahead of what was taken."""
    watch = BatchWatch()
    for taken, _ in enumerate(watch(batches(prefetch=3)), start=1):
        time.sleep(0.02)
        assert watch.batches == taken


def test_fit_is_measured():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    data = tf.data.Dataset.from_tensors((tf.ones((2, 1)), tf.ones((2, 1)))).repeat(3)
    watch = BatchWatch()
    model.fit(watch(data), epochs=2, verbose=0)
    assert watch.batches == 6 and watch.waited_seconds > 0

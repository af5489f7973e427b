"""What a person reads of an exception."""

import errno

import pytest
import tensorflow as tf

from keras_speech.cli.errors import CommandError, sentence


def raised_in_a_pipeline(message):
    def fail():
        raise RuntimeError(message)

    dataset = tf.data.Dataset.range(1).map(lambda _: tf.numpy_function(fail, [], tf.int64))
    try:
        next(iter(dataset))
    except tf.errors.OpError as error:
        return error


@pytest.mark.parametrize(
    "error, expected",
    [
        (CommandError("No recording."), "No recording."),
        (
            OSError(errno.ENOSPC, "No space left on device", "a.npz"),
            "`a.npz`: No space left on dev",
        ),
        (MemoryError(), "out of memory"),
        (KeyError("x"), "KeyError: 'x' (--debug shows where)"),
        (raised_in_a_pipeline("The file a.npy is gone."), "The file a.npy is gone."),
        (tf.errors.AbortedError(None, None, "lost"), "AbortedError: lost (--debug shows where)"),
    ],
    ids=["own", "disk", "memory", "unknown", "inside TensorFlow", "TensorFlow's own"],
)
def test_sentence(error, expected):
    assert sentence(error).startswith(expected)

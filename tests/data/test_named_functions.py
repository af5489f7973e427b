"""Python that is found by its name: in this process here, in others in `test_service.py`."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.data.named_functions import NamedFunction, is_portable


def twice(values):
    return np.multiply(2, values, dtype=values.dtype)


def tokens(dataset):
    graph = tf.raw_ops.DatasetToGraphV2(input_dataset=tf.data.experimental.to_variant(dataset))
    graph_def = tf.compat.v1.GraphDef.FromString(graph.numpy())
    nodes = [node for function in graph_def.library.function for node in function.node_def]
    return [node.attr["token"].s for node in nodes if node.op.startswith("PyFunc")]


def test_graphs_hold_its_name():
    named = NamedFunction("keras_speech.test_twice", twice, [tf.float32])
    assert named.is_portable
    dataset = tf.data.Dataset.range(3).map(lambda x: named(tf.cast(x, tf.float32))[0])
    assert tokens(dataset) == [b"keras_speech.test_twice"]
    assert is_portable(tokens(dataset)[0])
    np.testing.assert_array_equal(list(dataset), [0.0, 2.0, 4.0])
    assert named(np.float32(4))[0] == 8.0  # without a graph


def test_numbered_ones_are_not_portable():
    dataset = tf.data.Dataset.range(3).map(lambda x: tf.numpy_function(twice, [x], tf.int64))
    assert [is_portable(token) for token in tokens(dataset)] == [False]


def test_it_works_in_this_process_where_tensorflow_keeps_no_such_table(monkeypatch):
    from tensorflow.python.ops import script_ops

    kept = script_ops._py_funcs

    class Other:
        """Takes numbers only."""

        insert, get = kept.insert, kept.get

    monkeypatch.setattr(script_ops, "_py_funcs", Other())
    named = NamedFunction("keras_speech.test_thrice", lambda x: np.float32(3 * x), [tf.float32])
    assert not named.is_portable
    dataset = tf.data.Dataset.range(3).map(lambda x: named(tf.cast(x, tf.float32))[0])
    np.testing.assert_array_equal(list(dataset), [0.0, 3.0, 6.0])


def test_an_exception_tells_what_it_was():
    def fails(values):
        raise ValueError("the value is wrong")

    named = NamedFunction("keras_speech.test_fails", fails, [tf.float32])
    with pytest.raises(tf.errors.InvalidArgumentError, match="the value is wrong"):
        named(np.float32(1))

"""Loops carry what changes, and give what they gave."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.export.onnx_graph import nodes_of, onnx_model

onnxruntime = pytest.importorskip("onnxruntime")


def converted(function):
    spec = tf.TensorSpec([None], tf.float32, "x")
    function = tf.function(function, input_signature=[spec], autograph=False)
    return onnx_model(function, [spec])


def states(model):
    """Of each loop, outer ones first."""
    return [len(node.input) - 2 for node in nodes_of(model.graph) if node.op_type == "Loop"]


def test_what_stays_the_same_is_no_state():
    """In a loop in a loop: `x`, and how often; and the last of it is still given."""

    def function(x):
        def inner(j, total, same):
            return j + 1, total + same, same

        def outer(i, total, same):
            _, total, same = tf.while_loop(lambda j, *_: j < 2, inner, (0, total, same))
            return i + 1, total, same

        start = tf.constant(0), tf.zeros_like(x), x + 1
        _, total, same = tf.while_loop(lambda i, *_: i < tf.size(x), outer, start)
        return {"total": total, "same": tf.identity(same)}

    model = converted(function)
    # The places and the sums.
    assert states(model) == [2, 2]
    session = onnxruntime.InferenceSession(model.SerializeToString())
    for n in (0, 1, 3):
        x = np.arange(n, dtype="float32")
        total, same = session.run(["total", "same"], {"x": x})
        np.testing.assert_array_equal(total, 2 * n * (x + 1))
        np.testing.assert_array_equal(same, x + 1)


def test_states_that_change_places_are_kept():
    def function(x):
        def body(i, a, b, c):
            return i + 1, b, a, c

        start = tf.constant(0), x, x + 1, x + 2
        _, a, b, c = tf.while_loop(lambda i, *_: i < 3, body, start)
        return {"a": tf.identity(a), "b": tf.identity(b), "c": tf.identity(c)}

    model = converted(function)
    assert states(model) == [3]
    session = onnxruntime.InferenceSession(model.SerializeToString())
    results = session.run(["a", "b", "c"], {"x": np.zeros(1, "float32")})
    assert [float(each[0]) for each in results] == [1.0, 0.0, 2.0]

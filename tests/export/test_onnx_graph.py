"""Functions become ONNX graphs."""

import logging

import numpy as np
import pytest
import tensorflow as tf

onnxruntime = pytest.importorskip("onnxruntime")

SPEC = tf.TensorSpec([None, 3], tf.float32, "x")


def converted(function, specs=(SPEC,)):
    from keras_speech.export.onnx_graph import onnx_model

    specs = list(specs)
    return onnx_model(tf.function(function, input_signature=specs, autograph=False), specs)


def test_inputs_and_outputs_have_their_names():
    model = converted(lambda x: {"twice": 2 * x, "rows": tf.shape(x)[0]})
    assert [each.name for each in model.graph.input] == ["x"]
    assert sorted(each.name for each in model.graph.output) == ["rows", "twice"]


def test_weights_are_in_the_file():
    weights = tf.Variable([[1.0], [2.0], [4.0]])
    model = converted(lambda x: {"y": x @ weights})
    weights.assign([[0.0], [0.0], [0.0]])
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (y,) = session.run(None, {"x": np.eye(3, dtype="float32")})
    assert y[:, 0].tolist() == [1.0, 2.0, 4.0]


def test_loops_in_loops_count_right():
    """Whose shapes are learned from what is around them."""

    def function(x):
        def inner(j, row, sums):
            return j + 1, row, sums + tf.concat([row[:, :1], row[:, 1:]], axis=-1)

        def outer(i, sums):
            _, _, sums = tf.while_loop(lambda j, *_: j < 3, inner, (0, x[i][None], sums))
            return i + 1, sums

        start = tf.constant(0), tf.zeros([1, 3])
        return {"y": tf.while_loop(lambda i, _: i < tf.shape(x)[0], outer, start)[1]}

    session = onnxruntime.InferenceSession(converted(function).SerializeToString())
    for n in (1, 4):
        x = np.arange(3.0 * n, dtype="float32").reshape(n, 3)
        (y,) = session.run(None, {"x": x})
        np.testing.assert_array_equal(y[0], 3 * x.sum(axis=0))


def test_an_operation_that_onnx_lacks_is_named():
    level = logging.getLogger("tf2onnx").level
    with pytest.raises(ValueError, match="ONNX has no operation for Digamma, Igamma"):
        converted(lambda x: {"y": tf.math.digamma(tf.math.igamma(x, x))})
    assert logging.getLogger("tf2onnx").level == level

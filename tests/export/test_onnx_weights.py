"""Weights in fewer bits are the nearest there are, and only weights are touched."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.export.onnx_graph import onnx_model
from keras_speech.export.onnx_weights import store_weights

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

# Channels of very different sizes, one of them of nothing.
TABLE = np.random.default_rng(0).normal(size=(64, 64)).astype("float32")
TABLE *= np.geomspace(1e-3, 1e3, 64, dtype="float32")
TABLE[:, 5] = 0


def stored(weights, function, n):
    """The function's result for the unit matrix of `n` rows, and the file's size."""
    spec = tf.TensorSpec([None, n], tf.float32, "x")
    by_name = tf.function(lambda x: {"y": function(x)}, input_signature=[spec], autograph=False)
    model = onnx_model(by_name, [spec])
    store_weights(model, weights)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (y,) = session.run(None, {"x": np.eye(n, dtype="float32")})
    return y, model.ByteSize()


@pytest.mark.parametrize("weights", ["float32", "float16", "int8"])
def test_weights_are_rounded_to_the_nearest(weights):
    y, size = stored(weights, lambda x: x @ TABLE, 64)
    if weights == "float16":
        np.testing.assert_array_equal(y, TABLE.astype("float16"))
    else:
        # Half a step of each channel.
        bound = np.abs(TABLE).max(axis=0) / 254 * 1.001 if weights == "int8" else 0
        assert (np.abs(y - TABLE) <= bound).all()
    assert size < TABLE.size * {"float32": 4, "float16": 2, "int8": 1}[weights] + 1500


@pytest.mark.parametrize("weights", ["float16", "int8"])
def test_what_loops_multiply_by_is_rounded_too(weights):
    """It is unpacked outside of them."""

    def function(x):
        return tf.while_loop(lambda i, _: i < 2, lambda i, y: (i + 1, y @ TABLE), (0, x))[1]

    y, size = stored(weights, function, 64)
    np.testing.assert_allclose(y, TABLE @ TABLE, atol=0.05 * np.abs(TABLE @ TABLE).max())
    assert size < TABLE.size * {"float16": 2, "int8": 1}[weights] + 4500


def test_other_tables_are_left():
    """A window, and a matrix that is used in another way too."""
    window = TABLE.ravel()[:1024] + 1
    y, _ = stored("int8", lambda x: x * window, 1024)
    np.testing.assert_array_equal(np.diag(y), window)

    def function(x):
        table = tf.constant(TABLE)
        return x @ table + table

    y, _ = stored("int8", function, 64)
    np.testing.assert_array_equal(y, 2 * TABLE)

"""Operations that tf2onnx lacks, in onnxruntime, against TensorFlow's."""

import numpy as np
import pytest
import tensorflow as tf

onnxruntime = pytest.importorskip("onnxruntime")

SMALL = np.array([0, 1e-30, 1e-9, 1e-7, 3e-5, 0.1, 1, 20, 80], "float32")
SIGNED = np.concatenate([SMALL, -SMALL])
WHOLE = np.array([-33, -32, -17, -16, -1, 0, 1, 15, 16, 31], "int32")

CASES = {
    "log1p": (tf.math.log1p, [np.concatenate([SMALL, -SMALL[:6], [-1]]).astype("float32")]),
    "expm1": (tf.math.expm1, [np.concatenate([SIGNED, [-200]]).astype("float32")]),
    "erfc": (tf.math.erfc, [SIGNED]),
    "floor_mod": (lambda x: x % 16, [WHOLE]),
    "floor_mod_negative": (lambda x: x % -16, [WHOLE]),
    "floor_div": (lambda x: -(-x // 16), [WHOLE]),
    "floor_mod_float": (lambda x: x % 2.5, [np.linspace(-9.1, 9.1, 14).astype("float32")]),
    "reverse": (lambda x: tf.reverse(x, [-1]), [np.arange(12, dtype="float32").reshape(3, 4)]),
    "reverse_two": (lambda x: tf.reverse(x, [0, 1]), [np.arange(6, dtype="int32").reshape(2, 3)]),
    "floor_div_float": (lambda x: x // 2.5, [np.linspace(-9.1, 9.1, 14).astype("float32")]),
}


def converted(function, arguments):
    from keras_speech.export.onnx_graph import onnx_model

    specs = [
        tf.TensorSpec([None] * each.ndim, each.dtype, f"x{i}") for i, each in enumerate(arguments)
    ]
    by_name = tf.function(lambda *x: {"y": function(*x)}, input_signature=specs, autograph=False)
    model = onnx_model(by_name, specs).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(["y"], {f"x{i}": each for i, each in enumerate(arguments)})[0]


@pytest.mark.parametrize("name", CASES)
def test_is_tensorflows(name):
    function, arguments = CASES[name]
    expected = function(*map(tf.constant, arguments)).numpy()
    np.testing.assert_allclose(converted(function, arguments), expected, rtol=3e-6, atol=2e-7)


def test_small_numbers_are_not_lost():
    """`log(1 + x)` and `exp(x) - 1` would give 0."""
    tiny = np.array([1e-30, 1e-9], "float32")
    for function in (tf.math.log1p, tf.math.expm1):
        np.testing.assert_allclose(converted(function, [tiny]), tiny, rtol=1e-6)


def test_rows_are_written_where_they_belong():
    from keras import ops

    rows = np.arange(21, dtype="float32").reshape(7, 3)
    new = -np.ones((2, 3), "float32")

    def update(rows, new, start):
        return ops.slice_update(rows, (start[0], 0), new)

    for start in (0, 3, 5):
        expected = rows.copy()
        expected[start : start + 2] = new
        given = [rows, new, np.array([start], "int32")]
        np.testing.assert_array_equal(converted(update, given), expected)

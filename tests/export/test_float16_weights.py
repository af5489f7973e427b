import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from keras_speech.export.float16_weights import with_float16_weights


def test_weights_alone_are_rounded():
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(80, 90)).astype("float32")
    beyond = np.full([80, 90], 1e5, "float32")
    window = np.linspace(1e-9, 3.0, 7200, dtype="float32")

    @tf.function(input_signature=[tf.TensorSpec([1, 80], tf.float32, "x")], autograph=False)
    def function(x):
        # A weight in a loop is in a graph of its own.
        _, looped = tf.while_loop(
            lambda i, _: i < 3, lambda i, y: (i + 1, x @ weight + y), [0, tf.zeros([1, 90])]
        )
        return {"y": x @ weight, "beyond": x @ beyond, "windowed": x[0, 0] * window, "z": looped}

    module = tf.Module()
    module.function = function.get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([module.function], module)
    content = converter.convert()
    rounded = with_float16_weights(content)
    assert len(content) - len(rounded) > 2 * weight.size - 2000
    x = rng.normal(size=(1, 80)).astype("float32")
    made = Interpreter(model_content=rounded).get_signature_runner()(x=x)
    half = weight.astype("float16").astype("float32")
    np.testing.assert_allclose(made["y"], x @ half, atol=1e-5)
    np.testing.assert_allclose(made["z"], 3 * (x @ half), atol=1e-4)
    np.testing.assert_allclose(made["beyond"], x @ beyond, rtol=1e-5)
    np.testing.assert_array_equal(made["windowed"], x[0, 0] * window)

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.ops import layer_norm_lstm

random = np.random.default_rng(0)
T, B, U = 5, 3, 4
PROJECTED = random.normal(size=(T, B, 4 * U)).astype("float32")
WEIGHTS = tuple(
    random.normal(size=shape).astype("float32") for shape in ((U, 4 * U), (4 * U,), (U,), (U,))
)


def naive(projected, weights, epsilon=1e-3):
    kernel, recurrent_gamma, gamma, beta = weights

    def norm(x):
        return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + epsilon)

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    h = c = np.zeros((B, U))
    outputs = []
    for row in projected:
        i, f, g, o = np.split(row + recurrent_gamma * norm(h @ kernel), 4, -1)
        c = gamma * norm(sigmoid(f) * c + sigmoid(i) * np.tanh(g)) + beta
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs)


def test_it_computes_the_equations():
    found = layer_norm_lstm.layer_norm_lstm(PROJECTED, WEIGHTS)
    np.testing.assert_allclose(found, naive(PROJECTED, WEIGHTS), atol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_its_gradient_is_that_of_its_steps(jit_compile):
    """The one written by hand against the one that TensorFlow derives."""
    upstream = random.normal(size=(T, B, U)).astype("float32")
    inputs = [tf.constant(x) for x in (PROJECTED, *WEIGHTS)]

    def stepped(projected, weights):
        state, outputs = (tf.zeros((B, U)), tf.zeros((B, U))), []
        for t in range(T):
            state = layer_norm_lstm.layer_norm_lstm_step(projected[t], state, weights)
            outputs.append(state[0])
        return tf.stack(outputs)

    def gradients(function):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            loss = tf.reduce_sum(function(inputs[0], tuple(inputs[1:])) * upstream)
        return tape.gradient(loss, inputs)

    by_hand = tf.function(
        lambda: gradients(layer_norm_lstm.layer_norm_lstm), jit_compile=jit_compile
    )()
    for found, expected in zip(by_hand, gradients(stepped), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)

"""The LSTM over a sequence against a plain loop that TensorFlow differentiates."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.ops import lstm

TIME, BATCH, UNITS = 9, 3, 4


def naive(projected, kernel, zoneout):
    """Equations of Hochreiter and Schmidhuber, with zoneout, one step after another."""
    h = c = tf.zeros((BATCH, UNITS))
    outputs = []
    for t in range(TIME):
        i, f, g, o = tf.split(projected[t] + h @ kernel, 4, axis=-1)
        c_new = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h_new = tf.sigmoid(o) * tf.tanh(c_new)
        keep_h, keep_c = (z[t] if hasattr(z, "shape") else z or 0.0 for z in zoneout)
        h = keep_h * h + (1 - keep_h) * h_new
        c = keep_c * c + (1 - keep_c) * c_new
        outputs.append(h)
    return tf.stack(outputs)


def arrays(seed=0):
    rng = np.random.default_rng(seed)
    projected = rng.normal(size=(TIME, BATCH, 4 * UNITS)).astype("float32")
    kernel = rng.normal(size=(UNITS, 4 * UNITS)).astype("float32")
    return tf.constant(projected), tf.constant(kernel)


def masks():
    rng = np.random.default_rng(1)
    return tuple(
        tf.constant((rng.random((TIME, BATCH, UNITS)) < 0.4).astype("float32")) for _ in range(2)
    )


@pytest.mark.parametrize("zoneout", [(None, None), (0.1, 0.3), masks()])
def test_outputs_and_gradients_equal_a_plain_loop(zoneout):
    results = []
    for function in (naive, lstm.lstm):
        projected, kernel = arrays()
        weights = np.random.default_rng(2).normal(size=(TIME, BATCH, UNITS)).astype("float32")

        @tf.function
        def run(projected=projected, kernel=kernel, function=function, weights=weights):
            with tf.GradientTape() as tape:
                tape.watch([projected, kernel])
                outputs = function(projected, kernel, zoneout)
                loss = tf.reduce_sum(outputs * weights)
            return outputs, *tape.gradient(loss, [projected, kernel])

        results.append(run())
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_steps_equal_the_sequence():
    projected, kernel = arrays()
    state = (tf.zeros((BATCH, UNITS)), tf.zeros((BATCH, UNITS)))
    outputs = []
    for t in range(TIME):
        state = lstm.lstm_step(projected[t], state, kernel, (0.1, 0.1))
        outputs.append(state[0])
    whole = lstm.lstm(projected, kernel, (0.1, 0.1))
    np.testing.assert_allclose(np.stack(outputs), whole, atol=1e-6)


def test_a_later_input_leaves_earlier_outputs():
    projected, kernel = arrays()
    changed = tf.concat([projected[:5], projected[5:] + 1.0], axis=0)
    before, after = lstm.lstm(projected, kernel), lstm.lstm(changed, kernel)
    np.testing.assert_array_equal(before[:5], after[:5])
    assert np.all(np.abs(before[5] - after[5]) > 1e-4)

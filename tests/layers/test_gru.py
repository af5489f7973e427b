import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_speech.layers import GRU

X = np.random.default_rng(0).normal(size=(2, 6, 4)).astype("float32")


def same_gru():
    """Our layer, and Keras's with the same weights."""
    reference = keras.layers.GRU(5, return_sequences=True, bias_initializer="glorot_uniform")
    reference.build(X.shape)
    kernel, recurrent_kernel, bias = reference.get_weights()
    layer = GRU(5)
    layer.build(X.shape)
    layer.set_weights([kernel, recurrent_kernel, bias[0], bias[1]])
    return layer, reference


def test_it_is_keras_gru():
    layer, reference = same_gru()
    np.testing.assert_allclose(layer(X), reference(X), atol=1e-6)


def test_its_gradient_is_that_of_keras_gru():
    layer, reference = same_gru()
    target = np.random.default_rng(1).normal(size=(2, 6, 5)).astype("float32")
    found = []
    for gru in (layer, reference):
        with tf.GradientTape() as tape:
            x = tf.Variable(X)
            loss = tf.reduce_sum(gru(x) * target)
        found.append(tape.gradient(loss, [x, *gru.trainable_weights]))
    ours, theirs = found
    for one, other in zip(ours[:3], theirs[:3], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    np.testing.assert_allclose(np.stack([ours[3], ours[4]]), theirs[3], atol=1e-5)


def test_step_equals_call():
    layer, _ = same_gru()
    whole = np.asarray(layer(X))
    state = layer.initial_state(2)
    for t in range(6):
        output, state = layer.step(X[:, t], state)
        np.testing.assert_allclose(output, whole[:, t], atol=1e-6)


def test_reverse_reads_each_row_from_its_own_end():
    layer, _ = same_gru()
    mask = np.arange(6)[None] < np.array([[6], [3]])
    both = np.asarray(layer(X, mask=mask, reverse=True))
    alone = np.asarray(layer(X[1:, 2::-1]))[:, ::-1]
    np.testing.assert_allclose(both[1, :3], alone[0], atol=1e-6)


def test_no_units_are_refused():
    with pytest.raises(
        ValueError, match="`units` must be a whole number from 1. Received: units=0"
    ):
        GRU(0)

"""Layers equal those of tensorflow-addons."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from golden.golden_files import assert_equal, load
from keras_speech.layers import LayerNormLSTM, WeightNormalization

WRAPPED = {
    "dense": lambda: keras.layers.Dense(5, activation="tanh"),
    "conv1d": lambda: keras.layers.Conv1D(5, 3, padding="causal", activation="tanh"),
}


def normalized(name, kernel, bias, **arguments):
    """A built layer with these weights, wrapped."""
    layer = WRAPPED[name]()
    layer.build((None, None, 6))
    layer.set_weights([kernel, bias])
    layer = WeightNormalization(layer, **arguments)
    layer.build((None, None, 6))
    return layer


@pytest.mark.parametrize("name", WRAPPED)
def test_weight_normalization_trains_as_in_addons(name):
    saved = load("weight_normalization")
    layer = normalized(name, saved[f"{name}/kernel"], saved[f"{name}/bias"])
    assert_equal(layer(saved["x"]), saved[f"{name}/outputs"])
    weights = [w.value for w in (layer.g, layer.v, layer.layer.bias)]
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(layer(saved["x"]) - saved["targets"]))
        for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
            weight.assign_sub(0.5 * gradient)
    for weight, key in zip(weights, "gvb", strict=True):
        expected = saved[f"{name}/trained_{key}"]
        assert_equal(np.reshape(weight, expected.shape), expected)
    assert_equal(layer(saved["x"]), saved[f"{name}/trained_outputs"])


@pytest.mark.parametrize("name", WRAPPED)
def test_data_init_equals_addons_where_columns_have_length_one(name):
    """Elsewhere addons does not normalize: it measures with a kernel other than the one it uses."""
    saved = load("weight_normalization")
    bias = np.zeros(5, "float32")
    unit = normalized(name, saved[f"{name}/unit_kernel"], bias, data_init=True)
    assert_equal(unit(saved["x"], training=True), saved[f"{name}/unit_outputs"])
    longer = normalized(name, saved[f"{name}/any_kernel"], bias, data_init=True)
    assert_equal(longer(saved["x"], training=True), saved[f"{name}/unit_outputs"])
    deviation = np.arctanh(saved[f"{name}/any_outputs"]).std((0, 1))
    np.testing.assert_allclose(deviation, 1 / 3, rtol=1e-3)  # the columns have length 3


def lstm(saved):
    layer = LayerNormLSTM(4)
    layer.build(saved["x"].shape)
    layer.set_weights([saved[f"weights/{weight.name}"] for weight in layer.weights])
    return layer


def test_layer_norm_lstm_equals_addons():
    saved = load("layer_norm_lstm")
    layer = lstm(saved)
    assert_equal(layer(saved["x"]), saved["outputs"])
    state = layer.initial_state(len(saved["x"]))
    for t in range(saved["x"].shape[1]):
        output, state = layer.step(saved["x"][:, t], state)
        assert_equal(output, saved["outputs"][:, t])
    assert_equal(state[0], saved["h"])
    assert_equal(state[1], saved["c"])


def test_layer_norm_lstm_has_the_gradients_of_addons():
    saved = load("layer_norm_lstm")
    layer = lstm(saved)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(saved["x"]) * saved["upstream"])
    gradients = tape.gradient(loss, [weight.value for weight in layer.weights])
    for weight, gradient in zip(layer.weights, gradients, strict=True):
        assert_equal(gradient, saved[f"gradients/{weight.name}"])

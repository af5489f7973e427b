import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_speech.layers import AttentionLSTM, AttentionRNN, ZoneoutLSTM, attention

RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(2, 9, 4)).astype("float32")
VALUES = RNG.normal(size=(2, 6, 8)).astype("float32")
MASK = np.arange(6)[None] < np.array([[6], [4]])
NAMES = sorted(attention.registry.NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_step_equals_call(name):
    layer = AttentionRNN(ZoneoutLSTM(5, zoneout=0.2), name)
    whole = layer(INPUTS, VALUES, values_mask=MASK, training=False)
    memory = layer.prepare(VALUES, MASK)
    state = layer.initial_state(memory)
    for t in range(9):
        step, state = layer.step(INPUTS[:, t], memory, state)
        for one, all_steps in zip(step, whole, strict=True):
            np.testing.assert_allclose(one, all_steps[:, t], atol=1e-5)


def test_an_lstm_with_location_sensitive_attention_is_attention_lstm():
    """Outputs, contexts and weights, and the gradients that one has by hand, with zoneout's
    expected values and in a graph that knows neither batch nor time."""
    by_hand = AttentionLSTM(5, 3, 2, 3, zoneout=0.2)
    generic = AttentionRNN(
        ZoneoutLSTM(5, zoneout=0.2), attention.LocationSensitiveAttention(3, 2, 3)
    )
    results = []
    for layer in (by_hand, generic):
        layer.build(INPUTS.shape, VALUES.shape)

        @tf.function(
            input_signature=[
                tf.TensorSpec((None, None, 4)),
                tf.TensorSpec((None, None, 8)),
                tf.TensorSpec((None, None), tf.bool),
            ]
        )
        def run(inputs, values, mask, layer=layer):
            with tf.GradientTape() as tape:
                outputs = layer(inputs, values, values_mask=mask)
                flat = tf.concat([tf.reshape(y, [-1]) for y in outputs], axis=0)
                loss = tf.reduce_sum(flat * tf.cos(tf.cast(tf.range(tf.size(flat)), "float32")))
            return list(outputs), tape.gradient(loss, layer.trainable_weights)

        results.append(run)
    generic.set_weights(by_hand.get_weights())
    expected, actual = (run(INPUTS, VALUES, MASK) for run in results)
    for ours, theirs in zip(keras.tree.flatten(actual), keras.tree.flatten(expected), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_zoneout_and_noise_are_random_in_training_only():
    layer = AttentionRNN(
        ZoneoutLSTM(5, zoneout=0.4), attention.BahdanauMonotonicAttention(4, sigmoid_noise=3.0)
    )
    still = [np.asarray(layer(INPUTS, VALUES)[2]) for _ in range(2)]
    np.testing.assert_array_equal(*still)
    layer.cell.zoneout = 0.0
    moved = [np.asarray(layer(INPUTS, VALUES, training=True)[2]) for _ in range(2)]
    assert np.abs(moved[0] - moved[1]).max() > 1e-3
    # Each step has noise of its own: with the same noise, the same query finds the same place.
    layer.attention.sigmoid_noise, layer.cell.zoneout = 0.0, 0.4
    moved = [np.asarray(layer(INPUTS, VALUES, training=True)[0]) for _ in range(2)]
    assert np.abs(moved[0] - moved[1]).max() > 1e-3


def test_later_inputs_leave_earlier_outputs():
    layer = AttentionRNN(ZoneoutLSTM(5), "dynamic_convolution")
    changed = INPUTS.copy()
    changed[:, 5:] += 1
    before, after = layer(INPUTS, VALUES)[0], layer(changed, VALUES)[0]
    np.testing.assert_array_equal(before[:, :5], after[:, :5])
    assert np.abs(np.asarray(before - after)[:, 5:]).max() > 1e-4

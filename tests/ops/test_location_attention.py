"""The attention loop against a plain one that TensorFlow differentiates."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.ops import location_attention as attention
from keras_speech.ops import lstm

TIME, BATCH, UNITS, N, CHANNELS, KEY, SIZE = 7, 3, 4, 6, 5, 3, 3


def arrays():
    rng = np.random.default_rng(0)

    def normal(*shape):
        return tf.constant(rng.normal(size=shape).astype("float32"))

    return {
        "projected": normal(TIME, BATCH, 4 * UNITS),
        "values": normal(BATCH, N, CHANNELS),
        "keys": normal(BATCH, N, KEY),
        "recurrent_kernel": normal(CHANNELS + UNITS, 4 * UNITS),
        "query_kernel": normal(UNITS, KEY),
        "location_kernel": normal(2 * SIZE, KEY),
        "score_kernel": normal(KEY),
    }


MASK = tf.sequence_mask([6, 4, 1], N)


def naive(a, zoneout):
    """Chorowski et al. 2015, eq. 8-9, with a convolution of its own."""
    h = c = tf.zeros((BATCH, UNITS))
    context, weights = tf.zeros((BATCH, CHANNELS)), tf.zeros((BATCH, N))
    cumulated, results = weights, []
    filters = tf.transpose(tf.reshape(a["location_kernel"], (2, SIZE, KEY)), (1, 0, 2))
    for t in range(TIME):
        z = a["projected"][t] + tf.concat([context, h], axis=-1) @ a["recurrent_kernel"]
        step_zoneout = tuple(x[t] if hasattr(x, "shape") else x for x in zoneout)
        h, c = lstm.update_state(lstm.activate_gates(z), h, c, step_zoneout)
        location = tf.nn.conv1d(tf.stack([weights, cumulated], axis=-1), filters, 1, "SAME")
        hidden = tf.tanh((h @ a["query_kernel"])[:, None] + a["keys"] + location)
        energies = tf.where(MASK, tf.einsum("bnk,k->bn", hidden, a["score_kernel"]), -1e9)
        weights = tf.nn.softmax(energies)
        cumulated += weights
        context = tf.einsum("bn,bnc->bc", weights, a["values"])
        results.append((h, context, weights))
    return [tf.stack(x) for x in zip(*results, strict=True)]


def ours(a, zoneout):
    return attention.attention_lstm(
        a["projected"], a["values"], a["keys"], MASK, a["recurrent_kernel"], a["query_kernel"],
        a["location_kernel"], a["score_kernel"], zoneout=zoneout,
    )  # fmt: skip


def zoneout_masks():
    rng = np.random.default_rng(3)
    return tuple(
        tf.constant((rng.random((TIME, BATCH, UNITS)) < 0.4).astype("float32")) for _ in range(2)
    )


@pytest.mark.parametrize("zoneout", [(None, None), zoneout_masks()])
def test_outputs_and_gradients_equal_a_plain_loop(zoneout):
    results = []
    rng = np.random.default_rng(1)
    shares = [rng.normal(size=(TIME, BATCH, n)).astype("float32") for n in (UNITS, CHANNELS, N)]
    for function in (naive, ours):

        @tf.function
        def run(function=function):
            a = arrays()
            with tf.GradientTape() as tape:
                tape.watch(a)
                outputs = function(a, zoneout)
                pairs = zip(outputs, shares, strict=True)
                loss = tf.add_n([tf.reduce_sum(y * share) for y, share in pairs])
            return list(outputs), tape.gradient(loss, a)

        results.append(run())
    (outputs, gradients), (naive_outputs, naive_gradients) = results[1], results[0]
    for x, y in zip(outputs, naive_outputs, strict=True):
        np.testing.assert_allclose(x, y, atol=1e-5)
    assert gradients.keys() == naive_gradients.keys()
    for name in gradients:
        np.testing.assert_allclose(gradients[name], naive_gradients[name], atol=2e-5, err_msg=name)


def test_weights_sum_to_one_and_are_zero_on_padding():
    _, _, weights = ours(arrays(), (None, None))
    np.testing.assert_allclose(tf.reduce_sum(weights, axis=-1), np.ones((TIME, BATCH)), atol=1e-6)
    assert np.all(np.asarray(weights)[:, ~MASK.numpy()] == 0)


@pytest.mark.parametrize("n", [1, 2, 5, 8])
@pytest.mark.parametrize("size", [1, 3, 7])
def test_unfold_gives_every_window(n, size):
    x = np.random.default_rng(0).normal(size=(2, n)).astype("float32")
    padded = np.pad(x, [(0, 0), (size // 2, size // 2)])
    expected = np.stack([padded[:, i : i + size] for i in range(n)], axis=1)
    np.testing.assert_array_equal(attention.unfold(x, size), expected)


@pytest.mark.parametrize("n", [1, 4, 9])
def test_fold_is_the_adjoint_of_unfold(n):
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, n)), rng.normal(size=(2, n, 5))
    left = np.sum(np.asarray(attention.unfold(x, 5)) * w)
    right = np.sum(x * np.asarray(attention.fold(w)))
    np.testing.assert_allclose(left, right, rtol=1e-6)

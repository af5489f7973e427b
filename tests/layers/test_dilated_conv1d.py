import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_speech.layers import DilatedConv1D

X = np.random.default_rng(0).normal(size=(2, 9, 3)).astype("float32")


@pytest.mark.parametrize("kernel_size, dilation", [(1, 1), (3, 1), (3, 4), (5, 2), (3, 16)])
def test_equals_the_convolution_of_keras(kernel_size, dilation):
    """Also where a tap lies beyond both ends, and in the gradients."""
    ours = DilatedConv1D(4, kernel_size, dilation, bias_initializer="normal")
    theirs = keras.layers.Conv1D(4, kernel_size, dilation_rate=dilation, padding="same")
    ours.build(X.shape)
    theirs.build(X.shape)
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(ours(X), theirs(X), atol=1e-5)
    x = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        values = [tf.reduce_sum(tf.sin(layer(x))) for layer in (ours, theirs)]
    sources = [[x, *(w.value for w in layer.weights)] for layer in (ours, theirs)]
    for a, b in zip(*map(tape.gradient, values, sources), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="`kernel_size` must be an odd integer. Received.*=2"):
        DilatedConv1D(4, 2)
    with pytest.raises(ValueError, match="`dilation_rate` must be an integer of at least 1"):
        DilatedConv1D(4, 3, 0)
    with pytest.raises(ValueError, match="`padding` is fixed.*Received: padding='causal'"):
        DilatedConv1D(4, 3, padding="causal")

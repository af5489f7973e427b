"""`ConvNeXtBlock`: what it computes, and that padding stays out of it."""

import keras
import numpy as np
import pytest

from keras_speech.layers import ConvNeXtBlock


def block_and_inputs():
    keras.utils.set_random_seed(0)
    block = ConvNeXtBlock(4, 6, kernel_size=3)
    return block, np.random.default_rng(0).normal(size=(2, 9, 4)).astype("float32")


def test_it_is_a_depthwise_convolution_and_two_dense_layers():
    block, x = block_and_inputs()
    depthwise = keras.layers.DepthwiseConv1D(3, padding="same")
    depthwise.build(x.shape)
    block.build(x.shape)
    kernel = np.array(block.depthwise_kernel)
    depthwise.set_weights([kernel[..., None], np.array(block.depthwise_bias)])
    hidden = keras.activations.gelu(block.expand(block.norm(depthwise(x))), approximate=False)
    np.testing.assert_allclose(block(x), x + np.array(block.reduce(hidden)), atol=1e-5)


@pytest.mark.parametrize("shape", [(2, 9), (2, 9, 1)])
def test_padding_changes_nothing(shape):
    block, x = block_and_inputs()
    mask = (np.arange(9) < np.array([[9], [5]])).reshape(shape)
    alone = block(x[1:, :5])
    np.testing.assert_allclose(np.array(block(x, mask=mask))[1:, :5], alone, atol=1e-6)

import numpy as np
import pytest

from attention_tools import MASK, QUERIES, VALUES, built, softmax, steps, weight
from keras_speech.layers import LuongAttention


@pytest.mark.parametrize("scale", [False, True])
def test_weights_are_the_softmax_of_products(scale):
    layer = built(LuongAttention(scale=scale), spread=1.0)
    _, weights, _ = steps(layer)
    keys = VALUES @ weight(layer, "memory_kernel")
    factor = weight(layer, "score_scale") if scale else 1.0
    for query, found in zip(QUERIES, weights, strict=True):
        expected = factor * np.einsum("bnk,bk->bn", keys, query)
        np.testing.assert_allclose(found, softmax(expected, MASK), atol=1e-5)

import numpy as np

from attention_tools import MASK, QUERIES, VALUES, built, softmax, steps, weight
from keras_speech.layers import BahdanauAttention


def energies(layer, query, score_kernel, bias=0.0):
    hidden = (query @ weight(layer, "query_kernel"))[:, None] + bias
    return np.tanh(hidden + VALUES @ weight(layer, "memory_kernel")) @ score_kernel


def test_weights_are_the_softmax_of_additive_energies():
    layer = built(BahdanauAttention(5))
    _, weights, _ = steps(layer)
    for query, found in zip(QUERIES, weights, strict=True):
        expected = energies(layer, query, weight(layer, "score_kernel")[:, 0])
        np.testing.assert_allclose(found, softmax(expected, MASK), atol=1e-5)


def test_normalized_energies_have_a_length_of_their_own():
    layer = built(BahdanauAttention(5, normalize=True))
    _, weights, _ = steps(layer)
    kernel = weight(layer, "score_kernel")[:, 0]
    kernel = weight(layer, "score_scale") * kernel / np.linalg.norm(kernel)
    for query, found in zip(QUERIES, weights, strict=True):
        expected = energies(layer, query, kernel, weight(layer, "bias"))
        np.testing.assert_allclose(found, softmax(expected, MASK), atol=1e-5)


def test_the_normalized_scale_starts_at_one_over_root_units():
    layer = BahdanauAttention(16, normalize=True)
    layer.build((2, 8), (2, 7, 8))
    np.testing.assert_allclose(weight(layer, "score_scale"), 0.25)

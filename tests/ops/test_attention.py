import numpy as np
import pytest
from scipy import stats

from keras_speech.ops import attention

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("length", "alpha", "beta"), [(11, 0.1, 0.9), (4, 2.0, 0.5), (1, 1.0, 1.0)]
)
def test_the_advance_filter_is_the_beta_binomial_distribution(length, alpha, beta):
    expected = stats.betabinom(length - 1, alpha, beta).pmf(np.arange(length))
    np.testing.assert_allclose(attention.advance_filter(length, alpha, beta), expected, rtol=1e-5)


def test_recursive_and_parallel_monotonic_weights_agree():
    stops = RNG.random((3, 40)).astype("float32") * 0.2
    previous = attention.masked_softmax(RNG.normal(size=(3, 40)), np.ones((3, 40), "bool"))
    parallel, recursive = (
        attention.monotonic_weights(stops, previous, mode) for mode in ("parallel", "recursive")
    )
    np.testing.assert_allclose(parallel, recursive, atol=1e-6)


def test_recursive_weights_hold_where_products_underflow():
    """A reader far inside is not lost behind a hundred places that say stop."""
    stops = np.full((1, 120), 0.9, "float32")
    previous = np.eye(1, 120, 100, dtype="float32")
    weights = np.asarray(attention.monotonic_weights(stops, previous, "recursive"))
    np.testing.assert_allclose(weights[0, 100:104], 0.9 * 0.1 ** np.arange(4), rtol=1e-5)


def test_masked_softmax_gives_zeros_where_nothing_is_real():
    weights = attention.masked_softmax(np.ones((1, 3)), np.zeros((1, 3), "bool"))
    np.testing.assert_array_equal(weights, np.zeros((1, 3)))

import numpy as np
import pytest
from scipy import stats

from attention_tools import MASK, QUERIES, built, softmax, steps, weight
from keras_speech.layers import DynamicConvolutionAttention


def filtered(weights, taps):
    """`weights` `(n,)` seen through a filter `(size,)` centered on each place."""
    n, half = len(weights), len(taps) // 2
    return np.array(
        [
            sum(taps[i] * weights[j + i - half] for i in range(len(taps)) if 0 <= j + i - half < n)
            for j in range(n)
        ]
    )


def test_weights_are_those_of_static_and_dynamic_filters_and_the_prior():
    layer = built(
        DynamicConvolutionAttention(
            4, static_filters=2, static_length=3, dynamic_filters=3, dynamic_length=5,
            prior_length=4, prior_alpha=0.4, prior_beta=0.8,
        ),
        spread=1.0,
    )  # fmt: skip
    _, weights, _ = steps(layer)
    prior = stats.betabinom(3, 0.4, 0.8).pmf(range(4))
    static, score = weight(layer, "static_kernel"), weight(layer, "score_kernel")[:, 0]
    before = np.eye(7)[[0, 0]]
    for query, found in zip(QUERIES, weights, strict=True):
        hidden = query @ weight(layer, "filter_hidden_kernel") + weight(layer, "filter_hidden_bias")
        dynamic = (np.tanh(hidden) @ weight(layer, "filter_kernel")).reshape(2, 5, 3)
        energies = np.zeros((2, 7))
        for row in range(2):
            f = np.stack([filtered(before[row], taps) for taps in static.T], axis=-1)
            g = np.stack([filtered(before[row], taps) for taps in dynamic[row].T], axis=-1)
            seen = f @ weight(layer, "static_dense") + g @ weight(layer, "dynamic_dense")
            energies[row] = np.tanh(seen + weight(layer, "bias")) @ score
            arrives = np.convolve(before[row], prior)[:7]
            energies[row] += np.log(np.maximum(arrives, 1e-6))
        before = softmax(energies, MASK)
        np.testing.assert_allclose(found, before, atol=1e-5)


def test_the_prior_alone_goes_on_by_its_mean():
    """10 * 0.1 / (0.1 + 0.9) = 1 place a step; learned filters of zero say nothing."""
    layer = DynamicConvolutionAttention(4)
    layer.build((2, 8), (1, 60, 8))
    layer.score_kernel.assign(np.zeros((4, 1)))
    memory = layer.prepare(np.zeros((1, 60, 8), "float32"), np.ones((1, 60), "bool"))
    state = layer.initial_state(memory)
    for _ in range(20):
        _, weights, state = layer.step(np.zeros((1, 8), "float32"), memory, state)
    assert abs(np.sum(np.asarray(weights) * np.arange(60)) - 20.0) < 0.2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"static_length": 4}, "`static_length` must be odd. Received: static_length=4"),
        ({"dynamic_length": 8}, "`dynamic_length` must be odd. Received: dynamic_length=8"),
        ({"prior_alpha": 0.0}, "`prior_alpha` must be greater than 0. Received: prior_alpha=0.0"),
    ],
)
def test_bad_settings_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        DynamicConvolutionAttention(**options)

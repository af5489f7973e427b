import numpy as np
import pytest

from attention_tools import MASK, QUERIES, built, steps, weight
from keras_speech.layers import GMMAttention

VERSIONS = ("v0", "v1", "v2")
every_version = pytest.mark.parametrize("version", VERSIONS)


def softplus(x):
    return np.log1p(np.exp(x))


@every_version
def test_weights_are_those_of_the_table(version):
    layer = built(GMMAttention(5, n_components=3, version=version, initial_sigma=2.0), spread=1.0)
    _, weights, states = steps(layer)
    means = np.zeros((2, 3))
    for query, found, state in zip(QUERIES, weights, states[1:], strict=True):
        hidden = np.tanh(query @ weight(layer, "hidden_kernel") + weight(layer, "hidden_bias"))
        raw = hidden @ weight(layer, "parameter_kernel") + weight(layer, "parameter_bias")
        omega, delta, sigma = np.split(raw, 3, axis=-1)
        share = np.exp(omega)
        if version == "v0":
            z, delta, sigma = 1.0, np.exp(delta), np.sqrt(np.exp(-sigma) / 2)
        else:
            share /= share.sum(axis=-1, keepdims=True)
            if version == "v1":
                delta, sigma = np.exp(delta), np.sqrt(np.exp(sigma))
            else:
                delta, sigma = softplus(delta), softplus(sigma)
            z = np.sqrt(2 * np.pi * sigma**2)
        means = means + delta
        expected = np.zeros((2, 7))
        for n in range(7):
            expected[:, n] = (share / z * np.exp(-((n - means) ** 2) / (2 * sigma**2))).sum(axis=-1)
        np.testing.assert_allclose(found, np.where(MASK, expected, 0.0), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(state[0], means, rtol=1e-5)


@every_version
def test_means_never_go_back(version):
    _, _, states = steps(built(GMMAttention(5, version=version)))
    means = np.stack([np.asarray(state[0]) for state in states])
    assert np.all(np.diff(means, axis=0) >= 0) and np.all(means[0] == 0)


@every_version
def test_it_starts_with_the_step_and_the_width_that_were_asked_for(version):
    layer = GMMAttention(5, version=version, initial_delta=0.7, initial_sigma=4.0)
    layer.build((2, 8), (2, 7, 8))
    _, delta, variance = layer.parameters(np.zeros((2, 8), "float32"))
    np.testing.assert_allclose(delta, 0.7, rtol=1e-5)
    np.testing.assert_allclose(variance, 16.0, rtol=1e-5)


def test_no_initial_values_are_biases_of_zero():
    layer = GMMAttention(5, initial_delta=None, initial_sigma=None)
    layer.build((2, 8), (2, 7, 8))
    assert not weight(layer, "parameter_bias").any()


def test_narrow_gaussians_well_inside_of_the_text_weigh_one():
    layer = GMMAttention(5, initial_delta=20.0, initial_sigma=2.0)
    layer.build((2, 8), (1, 40, 8))
    memory = layer.prepare(np.zeros((1, 40, 8), "float32"), np.ones((1, 40), "bool"))
    _, weights, _ = layer.step(np.zeros((1, 8), "float32"), memory, layer.initial_state(memory))
    np.testing.assert_allclose(np.sum(weights), 1.0, atol=1e-4)
    assert np.argmax(weights) == 20


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"version": "v3"}, "`version` must be one of v0, v1, v2. Received: version='v3'"),
        ({"initial_sigma": 0.0}, "`initial_sigma` must be greater than 0. Received: initial_sigma"),
        ({"initial_delta": -1}, "`initial_delta` must be greater than 0. Received: initial_delta"),
    ],
)
def test_bad_settings_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        GMMAttention(**options)

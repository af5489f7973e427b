import numpy as np
import pytest

from keras_speech.layers import LogisticMixtureHead
from keras_speech.ops import logistic_mixture


def test_nats_are_those_of_the_function():
    rng = np.random.default_rng(0)
    parameters = rng.normal(size=(2, 5, 9)).astype("float32")
    samples = rng.uniform(-1, 1, (2, 5)).astype("float32")
    head = LogisticMixtureHead(n_mixtures=3, bits=10, log_scale_min=-1.0)
    expected = logistic_mixture.logistic_mixture_log_prob(parameters, samples, 1024, -1.0)
    np.testing.assert_array_equal(head(parameters, samples), -np.asarray(expected))


def test_default_bound_allows_a_bit_per_sample():
    """The narrowest component, on a level: s(u) - s(-u), u = e**12 / 65536, is tanh(u / 2)."""
    head = LogisticMixtureHead(n_mixtures=1)
    nats = head(np.array([[[0, 0, -100]]], "float32"), np.zeros((1, 1), "float32"))
    probability = np.tanh(np.exp(12) / 65536 / 2)  # 0.845
    np.testing.assert_allclose(np.exp(-np.asarray(nats)), [[probability]], rtol=1e-4)


@pytest.mark.parametrize("bits", [1, 8, 16, 24])
def test_nearest_is_the_nearest_level(bits):
    head, half = LogisticMixtureHead(bits=bits), 2 ** (bits - 1)
    samples = np.linspace(-1.1, 1.1, 301).astype("float32")
    expected = np.clip(np.round(samples.astype("float64") * half), -half, half - 1) / half
    np.testing.assert_allclose(head.nearest(samples), expected, atol=1e-7)


def test_low_temperature_gives_the_mean_of_the_likeliest_component():
    head = LogisticMixtureHead(n_mixtures=3)
    parameters = np.tile(np.array([0, 1, 0.5, -0.5, 0.25, 0.5, -2, -2, -2], "float32"), (20, 1))
    noise = np.random.default_rng(0).random((20, 2)).astype("float32")
    samples = head.sample(parameters, noise, temperature=1e-6)
    np.testing.assert_array_equal(samples, np.full(20, 0.25))


def test_means_beyond_the_edges_give_edge_levels():
    head = LogisticMixtureHead(n_mixtures=1)
    parameters = np.array([[0, -9, -5], [0, 9, -5]], "float32")
    samples = head.sample(parameters, np.full((2, 2), 0.5, "float32"))
    np.testing.assert_array_equal(samples, [-1, 1 - 2**-15])


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_noise_at_its_ends_gives_finite_samples(end):
    parameters = np.zeros((1, 30), "float32")
    assert np.isfinite(LogisticMixtureHead().sample(parameters, np.full((1, 2), end))).all()

from statistics import NormalDist

import numpy as np
import pytest

from keras_speech.layers import GaussianHead


def test_nats_are_the_negative_log_density():
    rng = np.random.default_rng(0)
    mean, log_scale, samples = rng.normal(size=(3, 1, 20))
    nats = GaussianHead()(np.stack([mean, log_scale], axis=-1), samples)
    expected = [
        -np.log(NormalDist(m, np.exp(s)).pdf(x))
        for m, s, x in zip(mean[0], log_scale[0], samples[0], strict=True)
    ]
    np.testing.assert_allclose(nats[0], expected, rtol=1e-4, atol=1e-5)


def test_samples_are_the_quantiles():
    quantiles = np.array([0.001, 0.05, 0.5, 0.841, 0.999])
    parameters = np.tile(np.array([5.0, 1.0], "float32"), (5, 1))
    samples = GaussianHead().sample(parameters, quantiles[:, None])
    expected = [NormalDist(5, np.e).inv_cdf(p) for p in quantiles]
    np.testing.assert_allclose(samples, expected, rtol=1e-4)


def test_temperature_multiplies_the_deviation():
    parameters, noise = np.array([[5.0, 1.0]], "float32"), np.array([[0.9]], "float32")
    sample = GaussianHead().sample(parameters, noise, temperature=0.5)
    np.testing.assert_allclose(sample, [NormalDist(5, np.e / 2).inv_cdf(0.9)], rtol=1e-5)


def test_top_p_keeps_the_central_share():
    noise = np.linspace(0, 1, 101, dtype="float32")[:, None]
    samples = np.asarray(GaussianHead().sample(np.zeros((101, 2), "float32"), noise, top_p=0.8))
    reach = NormalDist().inv_cdf(0.9)
    np.testing.assert_allclose(samples[[0, 50, -1]], [-reach, 0, reach], atol=1e-4)


def test_log_scale_min_bounds_the_deviation():
    low, bound = np.array([[[0, -50]], [[0, -2]]], "float32")
    head, samples = GaussianHead(log_scale_min=-2.0), np.full((1, 1), 0.3, "float32")
    np.testing.assert_array_equal(head(low[None], samples), head(bound[None], samples))


def test_values_keep_their_range():
    values = np.array([[-350.0, 0.0, 1e6]], "float32")
    np.testing.assert_array_equal(GaussianHead().nearest(values), values)
    np.testing.assert_array_equal(GaussianHead().features(values)[..., 0], values)


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_noise_at_its_ends_gives_finite_samples(end):
    samples = np.asarray(GaussianHead().sample(np.zeros((1, 2), "float32"), np.full((1, 1), end)))
    assert 5 < abs(samples[0]) < 6  # the quantile of 1e-7 is -5.2

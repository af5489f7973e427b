import numpy as np
import pytest

from keras_speech.layers import MuLawHead
from keras_speech.ops import mu_law


def random_logits(levels, seed=0):
    return np.random.default_rng(seed).normal(scale=2, size=levels).astype("float32")


def probabilities(logits):
    exponentials = np.exp(logits.astype("float64") - logits.max())
    return exponentials / exponentials.sum()


@pytest.mark.parametrize("levels", [2, 256, 1024])
def test_nats_are_the_negative_log_probability_of_the_level(levels):
    logits = random_logits(levels)
    samples = np.asarray(mu_law.mu_law_decode(np.arange(levels), levels))
    nats = MuLawHead(levels)(np.tile(logits, (1, levels, 1)), samples[None])
    np.testing.assert_allclose(nats[0], -np.log(probabilities(logits)), rtol=1e-5, atol=1e-5)


def test_features_are_the_companded_levels():
    samples = np.array([[-1.0, -0.01, 0.0, 0.01, 1.0]])
    codes = np.asarray(mu_law.mu_law_encode(samples))
    scaled = np.asarray(MuLawHead().features(samples))[..., 0]
    np.testing.assert_allclose(scaled, 2 * codes / 255 - 1, atol=1e-6)
    one_hot = np.asarray(MuLawHead(one_hot=True).features(samples))
    np.testing.assert_array_equal(one_hot.argmax(-1), codes)
    np.testing.assert_array_equal(one_hot.sum(-1), np.ones((1, 5)))


def test_nearest_is_a_level_of_mu_law():
    samples = np.linspace(-1.2, 1.2, 301)
    expected = mu_law.mu_law_decode(mu_law.mu_law_encode(samples, 64), 64)
    np.testing.assert_array_equal(MuLawHead(64).nearest(samples), expected)


@pytest.mark.parametrize("levels", [2, 16, 256])
def test_frequencies_agree_with_the_probabilities(levels):
    logits, draws, head = random_logits(levels, seed=1) / 2, 100000, MuLawHead(levels)
    noise = np.random.default_rng(2).random((draws, 1)).astype("float32")
    samples = head.sample(np.tile(logits, (draws, 1)), noise)
    counts = np.bincount(np.asarray(mu_law.mu_law_encode(samples, levels)), minlength=levels)
    expected = draws * probabilities(logits)
    chi_square = ((counts - expected) ** 2 / expected).sum()
    freedom = levels - 1
    assert expected.min() > 5 and chi_square < freedom + 5 * np.sqrt(2 * freedom)


def test_low_temperature_gives_the_likeliest_level():
    head, logits = MuLawHead(), random_logits(256)
    noise = np.linspace(0, 1, 20, dtype="float32")[:, None]
    samples = head.sample(np.tile(logits, (20, 1)), noise, temperature=1e-4)
    np.testing.assert_array_equal(mu_law.mu_law_encode(samples), np.full(20, logits.argmax()))


def test_top_p_draws_from_the_nucleus_only():
    head, logits = MuLawHead(16), random_logits(16)
    order = np.argsort(-logits)
    size = np.searchsorted(np.cumsum(probabilities(logits)[order]), 0.75) + 1
    noise = np.linspace(0, 1, 2000, dtype="float32")[:, None]
    samples = head.sample(np.tile(logits, (2000, 1)), noise, top_p=0.75)
    drawn = np.unique(mu_law.mu_law_encode(samples, 16))
    np.testing.assert_array_equal(drawn, np.sort(order[:size]))


def test_many_levels_can_be_drawn():
    logits = np.full((2, 65536), -50, "float32")
    logits[0, 12345], logits[1, 65535] = 50, 50
    samples = MuLawHead(65536).sample(logits, np.full((2, 1), 0.5, "float32"))
    np.testing.assert_array_equal(mu_law.mu_law_encode(samples, 65536), [12345, 65535])

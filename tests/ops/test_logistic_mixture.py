import numpy as np
import pytest
import tensorflow as tf

from keras_speech.ops import logistic_mixture

LEVELS = 65536


def mixture(logits, means, log_scales):
    return np.concatenate([logits, means, log_scales]).astype("float32")


def random_mixture(seed, n=10):
    rng = np.random.default_rng(seed)
    return mixture(rng.normal(size=n), rng.uniform(-1, 1, n), rng.uniform(-9, -1, n))


MIXTURES = {
    "random": random_mixture(0),
    "other": random_mixture(1),
    "one wide": mixture([0], [0.2], [0]),
    "flat": mixture([0], [0], [20]),
    "out of range": mixture([1e4, -1e4], [0, 0], [1e4, -1e4]),
    "tiny scales": mixture([0, 1], [0.1234567, -0.7], [-12, -25]),
    "tiny between two levels": mixture([0], [0.5 + 1 / LEVELS], [-30]),
    "beyond the edges": mixture([0, 0, 0], [-1.5, 1.2, 40.0], [-3, -5, -9]),
    "on the edges": mixture([0, 0], [-1, 1 - 2 / LEVELS], [-11, -11]),
}


def every_mixture(test):
    return pytest.mark.parametrize("parameters", MIXTURES.values(), ids=MIXTURES.keys())(test)


def all_levels(levels=LEVELS):
    return ((np.arange(levels) - levels // 2) / (levels // 2)).astype("float32")


def sigmoid(x):
    return 0.5 * (1 + np.tanh(x / 2))


def shares(parameters, levels, log_scale_min=-30.0):
    """Probability of each level as differences of the cumulative distribution, in float64."""
    logits, means, log_scales = np.split(parameters.astype("float64"), 3)
    scales = np.exp(np.clip(log_scales, log_scale_min, 20))
    weights = np.exp(logits - logits.max())
    edges = all_levels(levels)[1:].astype("float64") - 1 / levels
    cumulative = sigmoid((edges[:, None] - means) / scales) @ (weights / weights.sum())
    return np.diff(np.concatenate([[0], cumulative, [1]]))


def log_prob(parameters, samples, levels=LEVELS, log_scale_min=-30.0):
    rows = np.broadcast_to(parameters, (*np.shape(samples), len(parameters)))
    return np.asarray(
        logistic_mixture.logistic_mixture_log_prob(rows, samples, levels, log_scale_min)
    )


@every_mixture
def test_probabilities_of_all_levels_sum_to_one(parameters):
    nats = log_prob(parameters, all_levels())
    assert np.isfinite(nats).all() and nats.max() < 1e-6
    assert abs(np.exp(nats.astype("float64")).sum() - 1) < 1e-4


@pytest.mark.parametrize("levels", [2, 16, 256, LEVELS])
@every_mixture
def test_probabilities_are_differences_of_the_cumulative_distribution(parameters, levels):
    actual = np.exp(log_prob(parameters, all_levels(levels), levels).astype("float64"))
    np.testing.assert_allclose(actual, shares(parameters, levels), rtol=2e-3, atol=1e-7)


def test_far_tails_keep_their_precision():
    """Where the difference of two sigmoids would be 0 even in float64."""
    actual = log_prob(mixture([0], [0], [-7]), np.array([0.5, -0.25]))
    # far from the mean, the density falls as exp(-|x| / s) / s; times the width of a level
    expected = -np.array([0.5, 0.25]) * np.exp(7) + 7 + np.log(2 / LEVELS)
    np.testing.assert_allclose(actual, expected, rtol=1e-5)


def test_samples_stand_for_the_nearest_level():
    samples = np.array([0.3, -0.3, 7.0, -7.0])
    nearest = np.array([9830, -9830, 32767, -32768]) / 32768  # 0.3 * 32768 = 9830.4
    np.testing.assert_array_equal(logistic_mixture.nearest_level(samples), nearest)
    parameters = MIXTURES["random"]
    np.testing.assert_array_equal(log_prob(parameters, samples), log_prob(parameters, nearest))


def test_samples_of_a_16_bit_file_are_levels():
    np.testing.assert_array_equal(logistic_mixture.nearest_level(all_levels()), all_levels())


def test_log_scale_min_bounds_the_scales():
    low, bound = mixture([0], [0], [-50]), mixture([0], [0], [-7])
    samples = np.array([0.0, 0.001])
    np.testing.assert_array_equal(
        log_prob(low, samples, log_scale_min=-7.0), log_prob(bound, samples)
    )


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@every_mixture
def test_gradients_are_finite(parameters, dtype):
    samples = np.array([-1, -1 + 2 / LEVELS, -0.3, 0, 0.5, 1 - 4 / LEVELS, 1 - 2 / LEVELS, 1])
    variable = tf.Variable(np.tile(parameters, (len(samples), 1)).astype(dtype))
    with tf.GradientTape() as tape:
        nats = logistic_mixture.logistic_mixture_log_prob(variable, samples)
    assert nats.dtype == "float32" and np.isfinite(nats).all()
    gradient = tape.gradient(nats, variable).numpy()
    assert not np.isnan(gradient).any()
    if dtype == "float32":  # float16 ends at 65504, which a steep slope exceeds
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_mean_far_beyond_an_edge_still_learns(sign):
    """No case is cut off: the farther the mean, the more it is drawn back."""
    variable = tf.Variable(mixture([0], [sign * 3], [-5])[None])
    with tf.GradientTape() as tape:
        nats = logistic_mixture.logistic_mixture_log_prob(variable, np.zeros(1))
    assert sign * tape.gradient(nats, variable).numpy()[0, 1] < -100


def test_samples_follow_the_probabilities():
    levels, draws = 64, 100000
    parameters = mixture([0.5, 0, -1], [-0.9, 0.1, 0.4], [-3, -4, -1])
    noise = np.random.default_rng(0).random((draws, 2)).astype("float32")
    samples = logistic_mixture.logistic_mixture_sample(
        np.tile(parameters, (draws, 1)), noise, levels
    )
    codes = np.asarray(samples) * (levels // 2) + levels // 2
    np.testing.assert_array_equal(codes, codes.round())
    expected = draws * shares(parameters, levels)
    counts = np.bincount(codes.astype(int), minlength=levels)
    usual = expected > 5
    chi_square = ((counts - expected) ** 2 / expected)[usual].sum()
    assert usual.sum() > 40 and chi_square < usual.sum() + 5 * np.sqrt(2 * usual.sum())


def test_top_p_keeps_the_center_of_a_component():
    noise = np.stack([np.full(1001, 0.5), np.linspace(0, 1, 1001)], axis=1).astype("float32")
    samples = logistic_mixture.logistic_mixture_sample(
        np.tile(mixture([0], [0.2], [-4]), (1001, 1)), noise, top_p=0.9
    )
    # quantiles 0.05 and 0.95 of a logistic: mean + scale * ln(p / (1 - p))
    reach = np.exp(-4) * np.log(0.95 / 0.05)
    np.testing.assert_allclose(np.asarray(samples)[[0, -1]], 0.2 + np.array([-reach, reach]), 1e-4)

import numpy as np
import pytest

from keras_speech.ops import categorical

SIZES = [2, 10, 32, 33, 251, 256, 1000]  # in one round, in two rounds, and filled up to a square


def random_logits(n, scale=2.0):
    return np.random.default_rng(n).normal(scale=scale, size=n).astype("float32")


def probabilities(logits):
    exponentials = np.exp(logits.astype("float64") - logits.max())
    return exponentials / exponentials.sum()


def even_noise(n):
    """`n` numbers spread evenly over (0, 1)."""
    return ((np.arange(n) + 0.5) / n).astype("float32")


def draw(logits, noise, **keywords):
    return np.asarray(categorical.sample(np.tile(logits, (len(noise), 1)), noise, **keywords))


@pytest.mark.parametrize("n", SIZES)
def test_evenly_spread_noise_gives_the_probabilities(n):
    logits, draws = random_logits(n), 20000
    counts = np.bincount(draw(logits, even_noise(draws)), minlength=n)
    # An interval of length p holds p * draws numbers of an even grid, give or take one.
    assert np.abs(counts - draws * probabilities(logits)).max() < 1.1


@pytest.mark.parametrize("n", SIZES)
def test_is_the_inverse_of_the_cumulative_distribution(n):
    logits, noise = random_logits(n), even_noise(3001)
    cumulative = np.cumsum(probabilities(logits))
    expected = np.searchsorted(cumulative, noise, side="right")
    near = np.abs(cumulative[:, None] - noise).min(axis=0) < 1e-6  # float32 may decide otherwise
    np.testing.assert_array_equal(draw(logits, noise)[~near], expected[~near])
    assert near.mean() < 0.01


def test_rows_of_a_batch_are_drawn_apart():
    logits = np.stack([random_logits(40), random_logits(40)[::-1]])
    noise = np.array([0.3, 0.8], "float32")
    expected = [draw(row, u[None])[0] for row, u in zip(logits, noise, strict=True)]
    np.testing.assert_array_equal(categorical.sample(logits, noise), expected)


@pytest.mark.parametrize("n", SIZES)
def test_no_noise_gives_a_category_without_probability(n):
    logits = random_logits(n)
    logits[[0, -1]], logits[n // 2] = -np.inf, 1.0
    draws = draw(logits, np.array([0, 1e-38, 1e-7, 1 - 2**-24, 1], "float32"))
    assert np.isfinite(logits[draws]).all()


@pytest.mark.parametrize("n", [3, 256])
def test_extreme_logits_are_drawn(n):
    logits = np.full(n, -1e30, "float32")
    logits[1] = 1e30
    np.testing.assert_array_equal(draw(logits, even_noise(5)), np.ones(5))


@pytest.mark.parametrize("temperature", [0.5, 2.0, np.float32(0.7)])
def test_temperature_divides_the_logits(temperature):
    logits, noise = random_logits(64), even_noise(500)
    expected = draw((logits / temperature).astype("float32"), noise)
    assert (draw(logits, noise, temperature=temperature) == expected).mean() > 0.99


@pytest.mark.parametrize("temperature", [1e-3, 1e-20, 1e-40])
def test_low_temperature_gives_the_mode(temperature):
    logits = random_logits(256)
    draws = draw(logits, even_noise(50), temperature=temperature)
    np.testing.assert_array_equal(draws, np.full(50, logits.argmax()))


@pytest.mark.parametrize("top_p", [0.001, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("n", [3, 10, 256])
def test_nucleus_is_the_smallest_likeliest_set(n, top_p):
    masses = np.exp(np.stack([random_logits(n), 3 * random_logits(n)[::-1]]))
    kept = np.asarray(categorical.nucleus(masses, top_p))
    for row, kept_row in zip(masses, kept, strict=True):
        order = np.argsort(-row)
        shares = np.cumsum(row[order].astype("float64")) / row.sum(dtype="float64")
        expected = order[: np.searchsorted(shares, top_p) + 1]
        np.testing.assert_array_equal(np.flatnonzero(kept_row), np.sort(expected))
        np.testing.assert_array_equal(kept_row[expected], row[expected])


def test_nucleus_keeps_ties():
    masses = np.array([[1, 4, 2, 2, 1]], "float32")
    np.testing.assert_array_equal(categorical.nucleus(masses, 0.5), [[0, 4, 2, 2, 0]])
    np.testing.assert_array_equal(categorical.nucleus(np.ones((1, 5), "float32"), 0.1), [[1] * 5])


@pytest.mark.parametrize("n", [10, 256])
def test_only_the_nucleus_is_drawn_in_proportion(n):
    logits, draws = random_logits(n), 5000
    kept = np.asarray(categorical.nucleus(np.exp(logits)[None], 0.8))[0]
    counts = np.bincount(draw(logits, even_noise(draws), top_p=0.8), minlength=n)
    assert np.abs(counts - draws * kept / kept.sum()).max() < 1.1
    assert (counts[kept == 0] == 0).all()

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from keras_speech.ops import alignment

TOKENS, FRAMES = np.array([4, 3, 1], "int32"), np.array([7, 5, 6], "int32")


def log_probs(batch=3, frames=7, tokens=4, seed=0):
    rng = np.random.default_rng(seed)
    return np.log(rng.dirichlet(np.ones(tokens), (batch, frames))).astype("float32")


def paths(n_frames, n_tokens):
    """Durations of every path: all ways to cut the frames into one piece per token."""
    for cuts in itertools.combinations(range(1, n_frames), n_tokens - 1):
        yield np.diff((0, *cuts, n_frames))


def scores(log_p, n_frames, n_tokens):
    """Durations and log-probability of every path, one after another."""
    for durations in paths(n_frames, n_tokens):
        path = np.repeat(np.arange(n_tokens), durations)
        yield durations, log_p[np.arange(n_frames), path].sum()


def test_the_forward_sum_is_the_sum_over_all_paths():
    log_p = log_probs()
    found = np.asarray(alignment.forward_sum(log_p, TOKENS, FRAMES))
    for row in range(3):
        each = [score for _, score in scores(log_p[row], FRAMES[row], TOKENS[row])]
        np.testing.assert_allclose(found[row], np.logaddexp.reduce(each), rtol=1e-5)


def test_viterbi_finds_the_best_of_all_paths():
    log_p = log_probs(seed=1)
    found = np.asarray(alignment.viterbi(log_p, TOKENS, FRAMES))
    for row in range(3):
        best, _ = max(scores(log_p[row], FRAMES[row], TOKENS[row]), key=lambda pair: pair[1])
        np.testing.assert_array_equal(found[row, : TOKENS[row]], best)
        assert not found[row, TOKENS[row] :].any()


def test_viterbi_finds_a_planted_path():
    durations = np.array([[3, 1, 12, 2, 9, 1]])
    path = np.repeat(np.arange(6), durations[0])
    log_p = np.random.default_rng(0).normal(size=(1, 28, 6))
    log_p[0, np.arange(28), path] += 6.0
    found = alignment.viterbi(log_p, np.array([6]), np.array([28]))
    np.testing.assert_array_equal(found, durations)


def test_the_gradient_of_the_forward_sum_is_that_of_its_value():
    """Every path of log-probability p and sum Z contributes exp(p - Z) to the frames it visits."""
    log_p = log_probs(seed=2)
    upstream = np.array([1.0, -2.0, 0.5], "float32")
    expected = np.zeros_like(log_p)
    for row in range(3):
        n_frames, n_tokens = FRAMES[row], TOKENS[row]
        each = list(scores(log_p[row], n_frames, n_tokens))
        total = np.logaddexp.reduce([score for _, score in each])
        for durations, score in each:
            path = np.repeat(np.arange(n_tokens), durations)
            expected[row, np.arange(n_frames), path] += upstream[row] * np.exp(score - total)
    np.testing.assert_allclose(_gradient(log_p, TOKENS, FRAMES, upstream), expected, atol=1e-5)


def test_a_row_without_a_path_has_no_gradient():
    log_p = log_probs()
    few = np.array([7, 3, 6], "int32")  # 3 frames for the second row's 4 tokens
    tokens = np.array([4, 4, 4], "int32")
    gradient = _gradient(log_p, tokens, few, np.ones(3, "float32"))
    assert np.isfinite(gradient).all()
    assert not gradient[1].any() and gradient[0].any()


def test_padding_is_never_read():
    log_p = log_probs()
    longer = np.pad(log_p, [(0, 0), (0, 5), (0, 2)], constant_values=3.0)
    for function in (alignment.forward_sum, alignment.viterbi):
        short, long = (np.asarray(function(x, TOKENS, FRAMES)) for x in (log_p, longer))
        np.testing.assert_allclose(long[:, :4] if long.ndim > 1 else long, short, rtol=1e-5)


def test_the_prior_is_the_beta_binomial_distribution():
    from scipy.stats import betabinom

    tokens, frames = np.array([5, 60]), np.array([40, 700])
    for concentration in (1.0, 2.5):
        found = np.asarray(alignment.beta_binomial_prior(tokens, frames, 60, 700, concentration))
        for row, (n, f) in enumerate(zip(tokens, frames, strict=True)):
            t, k = np.arange(f)[:, None], np.arange(n)[None, :]
            expected = betabinom.logpmf(k, n - 1, concentration * (t + 1), concentration * (f - t))
            # Stirling's series in float32: differences of numbers of about 5,000.
            np.testing.assert_allclose(found[row, :f, :n], expected, atol=2e-2)
        assert (found[0, :, 5:] <= -1e8).all()


def test_assignment_repeats_each_token_for_its_frames():
    values = np.arange(8, dtype="float32").reshape(1, 4, 2)
    found = np.asarray(alignment.assignment(np.array([[2, 0, 3, 1]]), 8)) @ values
    np.testing.assert_array_equal(found[0, :6], np.repeat(values[0], [2, 0, 3, 1], axis=0))
    assert not found[0, 6:].any()


def _gradient(log_p, tokens, frames, upstream):
    """Of the weighted sums with respect to `log_p`, by the active backend."""
    if keras.backend.backend() != "tensorflow":
        pytest.fail("this test takes TensorFlow's gradient")
    import tensorflow as tf

    log_p = tf.constant(log_p)
    with tf.GradientTape() as tape:
        tape.watch(log_p)
        total = ops.sum(alignment.forward_sum(log_p, tokens, frames) * upstream)
    return np.asarray(tape.gradient(total, log_p))

"""Hidden Markov models against the enumeration of all their paths."""

import itertools

import numpy as np
import tensorflow as tf
from keras import ops

from keras_speech.ops import hmm


def model(batch=3, frames=6, states=4, seed=0):
    """Random log-densities, and log-probabilities that depend on frame and state."""
    rng = np.random.default_rng(seed)
    leave = rng.uniform(0.05, 0.95, (batch, frames, states))
    emissions = 3 * rng.normal(size=(batch, frames, states))
    return [x.astype("float32") for x in (emissions, np.log1p(-leave), np.log(leave))]


def paths(n_frames, n_states):
    """Every path: where the process moves on, chosen among the steps between frames."""
    for moves in itertools.combinations(range(1, n_frames), n_states - 1):
        yield np.searchsorted(moves, np.arange(n_frames), side="right")


def log_probability(path, emissions, stay, leave):
    total = 0.0
    for t, state in enumerate(path):
        ends = t == len(path) - 1 or path[t + 1] != state
        total += float(emissions[t, state]) + float((leave if ends else stay)[t, state])
    return total


def enumerated(arrays, row, n_frames, n_states):
    """All paths of a row and their log-probabilities, in float64."""
    every = list(paths(n_frames, n_states))
    return every, np.array([log_probability(p, *(a[row] for a in arrays)) for p in every])


LENGTHS = [(6, 4), (5, 2), (6, 1), (4, 4)]


def test_likelihood_posteriors_and_best_path_equal_enumeration():
    arrays = model(batch=len(LENGTHS))
    n_frames, n_states = (np.array(x, "int32") for x in zip(*LENGTHS, strict=True))
    total = np.asarray(hmm.log_likelihood(*arrays, n_frames, n_states))
    probabilities = np.asarray(hmm.posteriors(*arrays, n_frames, n_states))
    best, best_score = (np.asarray(x) for x in hmm.viterbi(*arrays, n_frames, n_states))
    for row, (frames, states) in enumerate(LENGTHS):
        every, scores = enumerated(arrays, row, frames, states)
        whole = np.logaddexp.reduce(scores)
        np.testing.assert_allclose(total[row], whole, rtol=1e-5)
        expected = np.zeros((6, 4))
        for path, score in zip(every, scores, strict=True):
            expected[np.arange(frames), path] += np.exp(score - whole)
        np.testing.assert_allclose(probabilities[row], expected, atol=1e-5)
        assert best[row, :frames].tolist() == every[np.argmax(scores)].tolist()
        assert (best[row, frames:] == -1).all()
        np.testing.assert_allclose(best_score[row], scores.max(), rtol=1e-5)


def numeric_gradient(function, arrays, eps=1e-2):
    gradients = []
    for array in arrays:
        gradient = np.zeros_like(array)
        for index in np.ndindex(*array.shape):
            value = array[index]
            array[index] = value + eps
            up = function()
            array[index] = value - eps
            gradient[index] = (up - function()) / (2 * eps)
            array[index] = value
        gradients.append(gradient)
    return gradients


def gradients(arrays, n_frames, n_states, weights):
    variables = [tf.Variable(a) for a in arrays]
    with tf.GradientTape() as tape:
        total = hmm.log_likelihood(*variables, n_frames, n_states)
        total = ops.sum(ops.where(ops.isfinite(total), total, 0.0) * weights)
    return [np.asarray(g) for g in tape.gradient(total, variables)]


def test_gradient_equals_differences_of_the_enumerated_likelihood():
    arrays = model(batch=2, frames=5, states=3)
    lengths = [(5, 3), (4, 2)]
    weights = [1.0, -0.5]

    def value():
        whole = [np.logaddexp.reduce(enumerated(arrays, row, *lengths[row])[1]) for row in range(2)]
        return sum(w * v for w, v in zip(weights, whole, strict=True))

    expected = numeric_gradient(value, arrays)
    n_frames, n_states = (np.array(x, "int32") for x in zip(*lengths, strict=True))
    for ours, theirs in zip(gradients(arrays, n_frames, n_states, weights), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-3)


def test_impossible_rows_have_no_likelihood_and_harm_no_gradient():
    """More states than frames; a state that is never left; a frame that no state explains."""
    arrays = model(batch=4)
    arrays[2][1] = -np.inf
    arrays[0][2, 3] = -np.inf
    n_frames, n_states = np.array([3, 6, 6, 6], "int32"), np.array([4, 4, 4, 4], "int32")
    total = np.asarray(hmm.log_likelihood(*arrays, n_frames, n_states))
    assert np.isneginf(total).tolist() == [True, True, True, False]
    assert np.isneginf(hmm.viterbi(*arrays, n_frames, n_states)[1]).tolist() == [1, 1, 1, 0]
    for gradient in gradients(arrays, n_frames, n_states, np.ones(4, "float32")):
        assert np.isfinite(gradient).all()
        assert (gradient[:3] == 0).all() and np.abs(gradient[3]).max() > 0


def test_certain_transitions_are_followed():
    """Probabilities of exactly 0 and 1: one path is left."""
    emissions, stay, leave = model(batch=1)
    path = [0, 0, 1, 2, 2, 3]
    ends = np.diff(path, append=4)[:, None] * np.ones(4) > 0
    stay, leave = (np.where(x, 0.0, -np.inf)[None].astype("float32") for x in (~ends, ends))
    found, score = hmm.viterbi(emissions, stay, leave)
    assert np.asarray(found)[0].tolist() == path
    np.testing.assert_allclose(score, hmm.log_likelihood(emissions, stay, leave), rtol=1e-6)
    np.testing.assert_allclose(score[0], emissions[0, np.arange(6), path].sum(), rtol=1e-5)


def test_a_planted_path_is_found_in_a_long_recording():
    rng = np.random.default_rng(1)
    durations = rng.integers(1, 30, 60)
    path = np.repeat(np.arange(60), durations)
    emissions, stay, leave = model(batch=1, frames=len(path), states=60)
    emissions = (emissions - 100 + 30 * (path[:, None] == np.arange(60))).astype("float32")
    arrays = [tf.constant(x) for x in (emissions, stay, leave)]
    # In a graph: a loop as long as this takes seconds step by step.
    found, _ = tf.function(hmm.viterbi)(*arrays)
    assert np.asarray(hmm.state_durations(found, 60))[0].tolist() == durations.tolist()
    probabilities = np.asarray(tf.function(hmm.posteriors)(*arrays))[0]
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1.0, atol=1e-4)
    assert (probabilities.argmax(axis=-1) == path).mean() > 0.99


def test_precision_does_not_depend_on_the_level_of_the_densities():
    """Densities of 160 dimensions are large numbers; what all states share must not matter."""
    arrays = model(frames=200, states=40)
    level = np.random.default_rng(2).integers(-500, 500, (3, 200, 1)).astype("float32")
    posteriors = tf.function(hmm.posteriors)
    plain = np.asarray(posteriors(*map(tf.constant, arrays)))
    shifted = np.asarray(posteriors(*map(tf.constant, (arrays[0] + level, *arrays[1:]))))
    np.testing.assert_allclose(shifted, plain, atol=2e-3)


def test_padding_changes_nothing():
    arrays = model()
    n_frames, n_states = np.array([6, 5, 4], "int32"), np.array([4, 3, 2], "int32")
    padded = [
        np.pad(a, [(0, 0), (0, 3), (0, 2)], constant_values=value)
        for a, value in zip(arrays, (7.0, 0.0, 0.0), strict=True)
    ]
    np.testing.assert_allclose(
        hmm.log_likelihood(*padded, n_frames, n_states),
        hmm.log_likelihood(*arrays, n_frames, n_states),
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        np.asarray(hmm.posteriors(*padded, n_frames, n_states))[:, :6, :4],
        hmm.posteriors(*arrays, n_frames, n_states),
        atol=1e-6,
    )
    found, _ = hmm.viterbi(*padded, n_frames, n_states)
    assert np.array_equal(np.asarray(found)[:, :6], hmm.viterbi(*arrays, n_frames, n_states)[0])

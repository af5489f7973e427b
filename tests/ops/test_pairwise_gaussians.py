"""Densities of all pairs against the same formulas on all pairs at once."""

import numpy as np
import tensorflow as tf

from keras_speech.ops import pairwise_gaussians as pairs

FLOOR = 0.1


def arrays(seed=0):
    """Two rows of 5 frames with 3 channels, 4 states, 6 hidden units."""
    rng = np.random.default_rng(seed)
    shapes = [(2, 5, 6), (2, 4, 6), (6, 7), (7,), (2, 5, 3)]
    return [rng.normal(size=shape).astype("float32") for shape in shapes]


def plain(frames, states, kernel, bias, targets):
    """All pairs in one tensor, as in the textbook."""
    mean, std, leave = pairs.pair_parameters(
        frames[:, :, None], states[:, None], kernel, bias, FLOOR
    )
    z = (targets[:, :, None] - mean) / std
    density = -0.5 * tf.reduce_sum(z * z + 2 * tf.math.log(std) + np.log(2 * np.pi), axis=-1)
    return density, leave


def looped(*arrays):
    return pairs.pairwise_gaussians(*arrays, FLOOR)


def values_and_gradients(function):
    *variables, targets = arrays()
    variables = [tf.Variable(x) for x in variables]
    weights = np.random.default_rng(1).normal(size=(2, 2, 5, 4)).astype("float32")
    with tf.GradientTape() as tape:
        density, leave = function(*variables, targets)
        total = tf.reduce_sum(density * weights[0]) + tf.reduce_sum(leave * weights[1])
    return density, leave, *tape.gradient(total, variables)


def test_loop_and_its_gradient_equal_automatic_differentiation():
    for ours, theirs in zip(values_and_gradients(looped), values_and_gradients(plain), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_densities_are_normalized():
    """Over a fine grid of one channel the density adds up to 1."""
    rng = np.random.default_rng(2)
    grid = np.linspace(-30, 30, 4001, dtype="float32")
    # A row for every place of the grid: the loop is over frames.
    frames = np.zeros((4001, 1, 6), "float32") + rng.normal(size=6).astype("float32")
    states, kernel = rng.normal(size=(1, 2, 6)).repeat(4001, axis=0), rng.normal(size=(6, 3))
    density, _ = pairs.pairwise_gaussians(
        frames, states, kernel, np.zeros(3), grid[:, None, None], FLOOR
    )
    whole = np.exp(np.asarray(density)[:, 0]).sum(axis=0) * (grid[1] - grid[0])
    np.testing.assert_allclose(whole, 1.0, atol=1e-3)


def test_deviations_do_not_fall_below_the_floor():
    _, std, _ = pairs.pair_parameters(
        np.zeros(2), np.zeros(2), np.zeros((2, 3)), np.array([0.0, -50.0, 0.0]), FLOOR
    )
    np.testing.assert_allclose(std, [FLOOR], atol=1e-6)

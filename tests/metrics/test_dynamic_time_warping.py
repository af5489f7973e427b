"""Time warping against every possible path."""

import numpy as np
import pytest

from keras_speech.metrics import dtw_path
from keras_speech.metrics.dynamic_time_warping import frame_distances


def all_paths(n, m, i=0, j=0):
    """Yields every path from (i, j) to (n - 1, m - 1) as a list of pairs."""
    if (i, j) == (n - 1, m - 1):
        yield [(i, j)]
        return
    for step_i, step_j in ((1, 1), (1, 0), (0, 1)):
        if i + step_i < n and j + step_j < m:
            for rest in all_paths(n, m, i + step_i, j + step_j):
                yield [(i, j), *rest]


@pytest.mark.parametrize("n, m", [(1, 1), (1, 5), (4, 1), (4, 4), (5, 3), (2, 6)])
def test_path_is_the_cheapest(n, m):
    rng = np.random.default_rng(10 * n + m)
    a, b = rng.normal(size=(n, 3)), rng.normal(size=(m, 3))
    cost = np.linalg.norm(a[:, None] - b[None], axis=-1)

    path = [tuple(pair) for pair in dtw_path(a, b).tolist()]

    paths = list(all_paths(n, m))
    assert path in paths
    cheapest = min(sum(cost[pair] for pair in each) for each in paths)
    assert sum(cost[pair] for pair in path) == pytest.approx(cheapest)


def test_equal_sequences_go_together():
    a = np.random.default_rng(0).normal(size=(50, 4))
    assert np.array_equal(dtw_path(a, a), np.stack([np.arange(50)] * 2, axis=1))


def test_a_planted_stretch_is_found():
    a = np.random.default_rng(0).normal(size=(20, 4))
    times = np.repeat(np.arange(20), np.random.default_rng(1).integers(1, 4, 20))
    expected = np.stack([times, np.arange(len(times))], axis=1)
    assert np.array_equal(dtw_path(a, a[times]), expected)


def test_distances_are_euclidean():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(7, 3)), rng.normal(size=(5, 3))
    naive = [[np.sqrt(np.sum((x - y) ** 2)) for y in b] for x in a]
    np.testing.assert_allclose(frame_distances(a, b), naive, rtol=1e-12)


@pytest.mark.parametrize(
    "a, b, message",
    [
        (np.zeros((3, 2)), np.zeros((3, 4)), "same number of features"),
        (np.zeros((0, 2)), np.zeros((3, 2)), "`reference` must have shape"),
        (np.zeros((3, 2)), np.zeros(3), "`other` must have shape"),
        (np.zeros((3, 2)), np.full((3, 2), np.nan), "`other` must be finite"),
    ],
)
def test_bad_sequences_are_named(a, b, message):
    with pytest.raises(ValueError, match=message):
        dtw_path(a, b)

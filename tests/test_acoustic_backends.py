"""Acoustic models speak, align and learn on JAX as they do on TensorFlow."""

import numpy as np
import pytest

import acoustic_on_jax
from conformance_tools import assert_equal
from jax_process import run_on_jax

# Of log-mels in nats, pitches, shares and losses; whole numbers are equal.
TOLERANCE = 1e-4
# Of the change that a step of training makes to a weight: a share of its largest entry, and what
# rounding alone makes of a weight without gradient, such as a bias ahead of a normalization.
SHARE, ROUNDING = 1e-3, 1e-7


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A folder with what each action gave here, and what one process made of it on JAX."""
    directory = tmp_path_factory.mktemp("backends")
    weights = {name: acoustic_on_jax.shuffled_weights(name) for name in acoustic_on_jax.STILL}
    for name in weights:
        np.savez(directory / f"{name}.weights.npz", *weights[name])
    for name, action in acoustic_on_jax.ACTIONS:
        acoustic_on_jax.save(directory, name, action, weights[name])
    code = "import sys, acoustic_on_jax as a; a.main(sys.argv[1])"
    run_on_jax(code, directory, optimize=False)
    return directory


def saved_arrays(path):
    with np.load(path) as saved:
        return [saved[f"arr_{i}"] for i in range(len(saved.files))]


def found(directory, name, action):
    """What the action gave on TensorFlow, and on JAX."""
    paths = [directory / f"{name}.{action}.{each}.npz" for each in ("tensorflow", "jax")]
    for path in paths:
        error = path.with_suffix(".txt")
        assert not error.exists(), error.read_text()
    return [saved_arrays(path) for path in paths]


@pytest.mark.parametrize("name, action", acoustic_on_jax.ACTIONS)
def test_same_on_tensorflow_and_jax(name, action, directory):
    here, on_jax = found(directory, name, action)
    for a, b in zip(here, on_jax, strict=True):
        assert a.shape == b.shape
        if a.dtype.kind in "iub":
            np.testing.assert_array_equal(a, b)
    assert_equal(on_jax, here, TOLERANCE)


@pytest.mark.parametrize("name", acoustic_on_jax.STILL)
def test_a_step_of_training_changes_the_weights_alike(name, directory):
    before = saved_arrays(directory / f"{name}.weights.npz")
    here, on_jax = (after[-len(before) :] for after in found(directory, name, "train"))
    n_changed = 0
    for weight, a, b in zip(before, here, on_jax, strict=True):
        largest = np.abs(a - weight).max()
        np.testing.assert_allclose(b - weight, a - weight, rtol=0, atol=SHARE * largest + ROUNDING)
        n_changed += largest > 100 * ROUNDING
    assert n_changed > len(before) / 2

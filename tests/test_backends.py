"""The same weights give the same output on TensorFlow and on JAX."""

import traceback

import numpy as np
import pytest

from conformance import CASES
from conformance_tools import arrays, assert_equal, made
from jax_process import run_on_jax

TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A folder with each case's weights, and what one process made of them on JAX."""
    directory = tmp_path_factory.mktemp("backends")
    for name, case in CASES.items():
        try:
            layer, outputs = made(case)
        except Exception:
            (directory / f"{name}.error.txt").write_text(traceback.format_exc())
            continue
        weights = {f"{i:04}": array for i, array in enumerate(layer.get_weights())}
        np.savez(directory / f"{name}.weights.npz", **weights)
        np.savez(directory / f"{name}.expected.npz", *arrays(outputs))
    run_on_jax(
        "import sys, conformance_on_jax as c; c.main(sys.argv[1])", directory, optimize=False
    )
    return directory


def loaded(path):
    with np.load(path) as saved:
        return [saved[f"arr_{i}"] for i in range(len(saved.files))]


@pytest.mark.parametrize("name", sorted(CASES))
def test_same_output_on_tensorflow_and_jax(name, directory):
    error = directory / f"{name}.error.txt"
    assert not error.exists(), error.read_text()
    expected = loaded(directory / f"{name}.expected.npz")
    assert_equal(loaded(directory / f"{name}.out.npz"), expected, TOLERANCE)

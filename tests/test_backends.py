"""The same weights give the same output on TensorFlow and on JAX."""

import numpy as np
import pytest

from conformance import CASES
from conformance_tools import arrays, assert_equal, made
from jax_process import run_on_jax

TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def both_backends(tmp_path_factory):
    """Returns `{name: (outputs on TensorFlow, outputs on JAX)}`; one process runs all of JAX's."""
    directory = tmp_path_factory.mktemp("backends")
    on_tensorflow = {}
    for name, case in CASES.items():
        layer, outputs = made(case)
        on_tensorflow[name] = arrays(outputs)
        weights = {f"{i:04}": array for i, array in enumerate(layer.get_weights())}
        np.savez(directory / f"{name}.npz", **weights)
    run_on_jax("import sys, conformance_on_jax as c; c.main(sys.argv[1])", directory)
    on_jax = {}
    for name in CASES:
        with np.load(directory / f"{name}.out.npz") as saved:
            on_jax[name] = [saved[f"arr_{i}"] for i in range(len(saved.files))]
    return {name: (on_tensorflow[name], on_jax[name]) for name in CASES}


@pytest.mark.parametrize("name", sorted(CASES))
def test_same_output_on_tensorflow_and_jax(name, both_backends):
    on_tensorflow, on_jax = both_backends[name]
    assert_equal(on_jax, on_tensorflow, TOLERANCE)

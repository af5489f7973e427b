"""Runs every case of the conformance table on JAX, for `test_backends.py`."""

import traceback
from pathlib import Path

import jax
import keras
import numpy as np

from conformance import CASES
from conformance_tools import arrays, call, call_arguments, symbolic_inputs


def built(case):
    """The layer of a case, by its shapes alone: JAX would compile each operation of a real call."""
    layer = case.make()
    call(layer, symbolic_inputs(case, lambda _, array: array.shape))
    return layer


def run(case, weights):
    """Returns the outputs of the case under `jax.jit`, with these weights."""
    layer = built(case)
    layer.set_weights(weights)

    def function(variables, inputs):
        arguments, keywords = call_arguments(layer, inputs)
        return layer.stateless_call(*variables, *arguments, **keywords)[0]

    variables = (
        [v.value for v in layer.trainable_variables],
        [v.value for v in layer.non_trainable_variables],
    )
    return arrays(jax.jit(function)(variables, case.inputs()))


def main(directory):
    """Runs the cases that have weights, with these.

    Args:
        directory: folder with `<name>.weights.npz` of each case. Its outputs are written beside it,
            to `<name>.out.npz`, or an error to `<name>.error.txt`.
    """
    assert keras.backend.backend() == "jax"
    for path in Path(directory).glob("*.weights.npz"):
        name = path.name.removesuffix(".weights.npz")
        with np.load(path) as saved:
            weights = [saved[key] for key in sorted(saved.files)]
        try:
            np.savez(path.with_name(f"{name}.out.npz"), *run(CASES[name], weights))
        except Exception:
            path.with_name(f"{name}.error.txt").write_text(traceback.format_exc())

"""Runs every case of the conformance table on JAX, for `test_backends.py`."""

import traceback
from pathlib import Path

import jax
import keras
import numpy as np

from conformance import CASES
from conformance_tools import arrays, call_arguments, made


def run(case, weights):
    """Returns the outputs of the case under `jax.jit`, with these weights."""
    layer, _ = made(case)
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
    """Runs all cases with the weights that TensorFlow had.

    Args:
        directory: folder with `<name>.npz` for each case, its weights in order. The outputs are
            written beside it, to `<name>.out.npz`, or an error to `<name>.error.txt`.
    """
    assert keras.backend.backend() == "jax"
    directory = Path(directory)
    for name, case in CASES.items():
        with np.load(directory / f"{name}.npz") as saved:
            weights = [saved[key] for key in sorted(saved.files)]
        try:
            np.savez(directory / f"{name}.out.npz", *run(case, weights))
        except Exception:
            (directory / f"{name}.error.txt").write_text(traceback.format_exc())

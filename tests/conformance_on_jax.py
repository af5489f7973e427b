"""Runs every case of the conformance table on JAX, for `test_backends.py`."""

from pathlib import Path

import jax
import keras
import numpy as np

import conformance


def run(case, weights):
    """Returns the outputs of the case under `jax.jit`, with these weights."""
    layer, inputs = case.make(), case.inputs()
    model = conformance.as_model(layer, inputs)
    conformance.call_model(model, inputs)
    layer.set_weights(weights)

    def function(variables, x):
        return model.stateless_call(*variables, list(x) if isinstance(x, tuple) else x)[0]

    state = (
        [v.value for v in model.trainable_variables],
        [v.value for v in model.non_trainable_variables],
    )
    return conformance.arrays(jax.jit(function)(state, inputs))


def main(directory):
    """Runs all cases with the weights that TensorFlow had.

    Args:
        directory: folder with `<name>.npz` for each case, its weights in order. The outputs are
            written beside it, to `<name>.out.npz`.
    """
    assert keras.backend.backend() == "jax"
    directory = Path(directory)
    for name, case in conformance.CASES.items():
        with np.load(directory / f"{name}.npz") as saved:
            weights = [saved[key] for key in sorted(saved.files)]
        np.savez(directory / f"{name}.out.npz", *run(case, weights))

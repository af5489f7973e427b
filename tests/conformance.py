"""The conformance table: a tiny case of every public layer and model.

`test_conformance.py` and `test_backends.py` walk it. A new layer or model adds one entry here; the
suite fails for a public name without one. Cases keep dropout at zero where it is drawn in
inference too: random numbers differ between backends.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

import keras_speech as ks


@dataclass(frozen=True)
class Case:
    """One layer or model and what to call it with.

    Args:
        make: returns the layer or model, unbuilt.
        inputs: returns what it is called with: an array, a tuple of positional arguments or a
            dict. A layer takes the dict as keyword arguments, a model as its one argument.
        trains: whether `fit` on `inputs` alone is part of what it promises. Defaults to `False`.
    """

    make: Callable
    inputs: Callable
    trains: bool = False


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def integers(*shape, below, seed=0):
    return np.random.default_rng(seed).integers(1, below, size=shape).astype("int32")


CASES = {}


def public_names():
    """Returns the names of all public layer and model classes."""
    return sorted(
        name
        for module in (ks.layers, ks.models)
        for name in module.__all__
        if inspect.isclass(getattr(module, name))
    )


def call(layer, inputs):
    if isinstance(inputs, tuple):
        return layer(*inputs)
    if isinstance(inputs, dict) and not isinstance(layer, keras.Model):
        return layer(**inputs)
    return layer(inputs)


def dynamic_shape(array):
    """Returns `array`'s shape with batch and, where there is one, time left open."""
    has_time = array.ndim > 2 or (array.ndim == 2 and array.dtype.kind in "ib")
    return (None, None, *array.shape[2:]) if has_time else (None, *array.shape[1:])


def as_model(layer, inputs):
    """Returns `layer` itself if it is a model, else a functional model around it."""
    if isinstance(layer, keras.Model):
        return layer
    symbolic = keras.tree.map_structure_up_to(inputs, symbolic_input, names(inputs), inputs)
    outputs = call(layer, symbolic)
    # An exported signature may return a list of tensors, but no lists inside lists.
    nested = isinstance(outputs, list | tuple)
    return keras.Model(symbolic, keras.tree.flatten(outputs) if nested else outputs)


def symbolic_input(name, array):
    return keras.Input(batch_shape=dynamic_shape(array), dtype=str(array.dtype), name=name)


def names(inputs):
    """Returns what to name each input: Keras wants a dict's keys as names."""
    if isinstance(inputs, dict):
        return {key: key for key in inputs}
    return keras.tree.map_structure(lambda _: None, inputs)


def call_model(model, inputs):
    """Calls what `as_model` returned: one argument, whatever the layer inside takes."""
    return model(list(inputs) if isinstance(inputs, tuple) else inputs)


def arrays(outputs):
    """Returns the tensors in `outputs` as a flat list of float32 or integer NumPy arrays."""
    flat = [keras.ops.convert_to_numpy(tensor) for tensor in keras.tree.flatten(outputs)]
    return [x if x.dtype.kind in "iub" else x.astype("float32") for x in flat]


def assert_equal(actual, expected, tolerance):
    actual, expected = arrays(actual), arrays(expected)
    assert len(actual) == len(expected)
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)

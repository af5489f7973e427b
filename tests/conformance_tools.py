"""What the tests that walk the conformance table share."""

import inspect

import keras
import numpy as np

import keras_speech as ks


def public_names():
    """Returns the names of all public layer and model classes."""
    return sorted(
        name
        for module in (ks.layers, ks.models)
        for name in module.__all__
        if inspect.isclass(getattr(module, name))
    )


def made(case):
    """Returns the layer of a case and its output."""
    layer = case.make()
    return layer, call(layer, case.inputs())


def call(layer, inputs):
    arguments, keywords = call_arguments(layer, inputs)
    return layer(*arguments, **keywords)


def call_arguments(layer, inputs):
    """Returns a case's inputs as positional and keyword arguments."""
    if isinstance(inputs, tuple):
        return inputs, {}
    if isinstance(inputs, dict) and not isinstance(layer, keras.Model):
        return (), inputs
    return (inputs,), {}


def open_shape(case, array):
    """Returns `array`'s shape with batch and, where there is one, time left open."""
    has_time = array.ndim > 2 or (array.ndim == 2 and (case.waveform or array.dtype.kind in "ib"))
    return (None, None, *array.shape[2:]) if has_time else (None, *array.shape[1:])


def symbolic_inputs(case, shape_of=open_shape):
    """Returns a `keras.Input` per array, named by the dict's key where it is an entry of one."""

    def symbolic(array, name=None):
        shape = shape_of(case, array)
        return keras.Input(batch_shape=shape, dtype=str(array.dtype), name=name)

    inputs = case.inputs()
    if not isinstance(inputs, dict):
        return keras.tree.map_structure(symbolic, inputs)
    return {
        key: symbolic(value, key)
        if hasattr(value, "shape")
        else keras.tree.map_structure(symbolic, value)
        for key, value in inputs.items()
    }


def as_model(case, layer):
    """Returns `layer` itself if it is a model, else a functional model around it."""
    if isinstance(layer, keras.Model):
        return layer
    symbolic = symbolic_inputs(case)
    outputs = call(layer, symbolic)
    # An exported signature may return a list of tensors, but no lists inside lists.
    nested = isinstance(outputs, list | tuple)
    return keras.Model(symbolic, keras.tree.flatten(outputs) if nested else outputs)


def model_inputs(case):
    """Returns the inputs as what `as_model` gave takes them: as one argument."""
    inputs = case.inputs()
    return list(inputs) if isinstance(inputs, tuple) else inputs


def arrays(outputs):
    """Returns the tensors in `outputs` as a flat list of float32 or integer NumPy arrays."""
    flat = [keras.ops.convert_to_numpy(tensor) for tensor in keras.tree.flatten(outputs)]
    return [x if x.dtype.kind in "iub" else x.astype("float32") for x in flat]


def assert_equal(actual, expected, tolerance):
    actual, expected = arrays(actual), arrays(expected)
    assert len(actual) == len(expected)
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)

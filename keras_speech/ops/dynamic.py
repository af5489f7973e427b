"""Pick the tensor functions that fit a tensor, whatever the active Keras backend is."""

import functools
import importlib

import keras


class _TensorFlowOps:
    """The functions of `keras.ops`, always on TensorFlow tensors.

    A `tf.data` map hands TensorFlow tensors to its function even when Keras runs on JAX, and
    `keras.ops` refuses them there. Keras's own preprocessing layers look the functions up in
    `keras.src.backend.tensorflow`, and so does this class; no public door to it exists.
    """

    def __init__(self):
        backend = importlib.import_module("keras.src.backend.tensorflow")
        self._modules = (backend.core, backend.numpy, backend.math, backend.nn)

    def __getattr__(self, name):
        for module in self._modules:
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(f"No function {name!r} on the TensorFlow backend of Keras.")


@functools.cache
def _tensorflow_ops():
    return _TensorFlowOps()


def is_tensorflow(x):
    """Tell whether `x` is a TensorFlow tensor, without importing TensorFlow.

    Args:
        x: anything.

    Returns: bool.
    """
    return any(base.__module__.startswith("tensorflow.") for base in type(x).__mro__)


def is_foreign(x):
    """Tell whether `x` is a TensorFlow tensor while Keras runs on another backend."""
    return keras.backend.backend() != "tensorflow" and is_tensorflow(x)


def namespace(*tensors):
    """Return the functions that work on all of `tensors`.

    Args:
        *tensors: tensors of the active backend, NumPy arrays, numbers or TensorFlow tensors.

    Returns: `keras.ops`, or a namespace of the same functions on TensorFlow when one of
        `tensors` is a TensorFlow tensor and another backend is active.

    Example:

    >>> import numpy as np
    >>> float(namespace(np.ones(3)).sum(np.ones(3)))
    3.0
    """
    return _tensorflow_ops() if any(is_foreign(x) for x in tensors) else keras.ops


def minimum(a, b):
    """The smaller of two sizes, each a Python int or a scalar integer tensor."""
    if isinstance(a, int) and isinstance(b, int):
        return min(a, b)
    return namespace(a, b).minimum(a, b)


def maximum(a, b):
    """The larger of two sizes, each a Python int or a scalar integer tensor."""
    if isinstance(a, int) and isinstance(b, int):
        return max(a, b)
    return namespace(a, b).maximum(a, b)

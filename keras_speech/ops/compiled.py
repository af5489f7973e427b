"""Compile a function of tensors for the active Keras backend."""

import importlib

import keras


def compiled(function, signature):
    """Compile `function` once for inputs of any size.

    On TensorFlow the result is a `tf.function` traced once, whatever the open sizes turn out to
    be. On JAX it is `jax.jit`, which compiles anew for each new shape: round sizes up before the
    call. On other backends `function` itself is returned.

    Args:
        function: takes tensors as positional arguments and returns tensors.
        signature: sequence of `(dtype, shape)`, one for each argument, where a size of `None` is
            open.

    Returns: a function of the same arguments, called with arrays or tensors.

    Example:

    >>> double = compiled(lambda x: x * 2, [("float32", (None,))])
    >>> import numpy as np
    >>> np.asarray(double(np.ones(3, "float32"))).tolist()
    [2.0, 2.0, 2.0]
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        tf = importlib.import_module("tensorflow")
        specs = [tf.TensorSpec(shape, dtype) for dtype, shape in signature]
        return tf.function(function, input_signature=specs)
    if backend == "jax":
        return importlib.import_module("jax").jit(function)
    return function

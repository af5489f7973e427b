"""Compile a function of a model's weights, whatever the backend is."""

import keras
import numpy as np
from keras import tree


def compiled(model, function, *, jit=False):
    """`function` compiled for the active backend.

    `tf.function` on TensorFlow, for arrays of any size at once; `jax.jit` on JAX, once per set of
    shapes, with the model's current weights as its arguments; the function itself elsewhere.

    Args:
        model: Keras layer or model whose weights the function reads.
        function: function of arrays, that returns nested tensors and changes no weight.
        jit: whether TensorFlow compiles by XLA too, once per set of shapes: faster for long loops
            of small steps. Defaults to `False`.

    Returns: function of the same arguments.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        # The one place outside text, data and export: nothing in Keras's API compiles a function.
        import tensorflow as tf

        if jit:
            by_xla = tf.function(function, jit_compile=True, autograph=False)
            return lambda *arrays: by_xla(*tree.map_structure(tf.convert_to_tensor, arrays))

        functions = {}

        def run(*arrays):
            arrays = [np.asarray(a) for a in arrays]
            key = tuple((a.ndim, a.dtype.name) for a in arrays)
            if key not in functions:
                any_size = [tf.TensorSpec([None] * a.ndim, a.dtype) for a in arrays]
                functions[key] = tf.function(function, input_signature=any_size, autograph=False)
            return functions[key](*arrays)

        return run
    if backend == "jax":
        import jax

        @jax.jit
        def stateless(values, arrays):
            pairs = zip(model.variables, values, strict=True)
            with keras.StatelessScope(state_mapping=list(pairs)):
                return function(*arrays)

        return lambda *arrays: stateless([v.value for v in model.variables], arrays)
    return lambda *arrays: function(*tree.map_structure(keras.ops.convert_to_tensor, arrays))

"""Python inside a graph, by a name that holds in every process that imports this package."""

import tensorflow as tf


class NamedFunction:
    """`tf.numpy_function` for graphs that may run in another process.

    TensorFlow finds a function of Python by a number that means nothing elsewhere, so that no
    worker of `tf.data`'s service could run it. Here it is found by its name, in every process that
    has imported the module which makes the `NamedFunction`.

    Args:
        name: str, the same in every process and for one function only.
        function: of NumPy arrays and bytes, whose results depend on nothing else.
        dtypes: list of those of its results.

    Call arguments:
        inputs: tensors.

    Returns: list of tensors, without shapes.
    """

    def __init__(self, name, function, dtypes):
        self.name, self.function, self.dtypes = name, function, list(dtypes)
        self.is_portable = _register(name, function)

    def __call__(self, *inputs):
        inputs = [tf.convert_to_tensor(value) for value in inputs]
        if not self.is_portable:
            return tf.numpy_function(self.function, inputs, self.dtypes, stateful=False)
        return tf.raw_ops.PyFuncStateless(input=inputs, token=self.name, Tout=self.dtypes)


def _register(name, function):
    """Whether TensorFlow's table of functions took it, which is no part of its public interface."""
    try:
        from tensorflow.python.ops import script_ops

        script_ops._py_funcs._funcs[name] = function
        return script_ops._py_funcs.get(name) is function
    except (ImportError, AttributeError, TypeError):
        return False


def is_portable(token):
    """Whether a call of Python by this name or number is that of a `NamedFunction`.

    Args:
        token: bytes, as a node of a graph has it.
    """
    return token.startswith(b"keras_speech.")

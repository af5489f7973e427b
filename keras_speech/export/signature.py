"""What a signature of a SavedModel is made of."""

import dataclasses

import numpy as np
import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Signature:
    """A function of named tensors, and inputs to try it with.

    Attributes:
        function: concrete function of named tensors, which returns a dict of tensors.
        example: dict of NumPy arrays by input: what a server warms up with.
        source: what `function` was traced from; it holds the variables, which a trace does not.
    """

    function: object
    example: dict
    source: object


def signature(function, inputs, example):
    """Makes a `Signature`.

    Args:
        function: takes the inputs as keywords, returns a dict of tensors.
        inputs: dict from name to `(shape, dtype)`.
        example: dict from name to what NumPy makes an array of; of other names none is kept.
    """
    specs = [tf.TensorSpec(shape, dtype, name) for name, (shape, dtype) in inputs.items()]
    names = list(inputs)

    def by_name(*tensors):
        return function(**dict(zip(names, tensors, strict=True)))

    dtypes = {name: tf.as_dtype(dtype).as_numpy_dtype for name, (_, dtype) in inputs.items()}
    return Signature(
        concrete(by_name, specs),
        {name: np.array(example[name], dtypes[name]) for name in names},
        function,
    )


def shared(function, *specs):
    """A concrete function of tensors that several signatures call.

    Args:
        function: takes tensors by position.
        specs: a `(shape, dtype)` for each.
    """
    return concrete(function, [tf.TensorSpec(shape, dtype) for shape, dtype in specs])


def concrete(function, specs):
    """`function` traced: a `tf.function` itself would be traced once more when it is saved."""
    function = tf.function(function, input_signature=specs, autograph=False)
    return function.get_concrete_function()


def checked(tensor, *assertions):
    """`tensor`, which is there only after the `assertions` have held."""
    with tf.control_dependencies([each for each in assertions if each is not None]):
        return tf.identity(tensor)


def rates(batch, sample_rate):
    """int32 `(batch,)`: a server joins and parts requests by rows, so each has its own."""
    return tf.fill([batch], tf.constant(sample_rate, tf.int32))

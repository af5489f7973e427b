"""What loops with hand-written gradients share. Arrays are time-major."""

import numpy as np
from keras import ops

from keras_speech.ops import portable


def shifted(x):
    """`x` one step later, zeros first: the value that each step found, `(time, ...)`."""
    return ops.concatenate([ops.zeros_like(x[:1]), x[:-1]], axis=0)


def weight_gradient(inputs, gradients):
    """Sum over time and batch of `outer(inputs, gradients)`, as one matrix product."""
    inputs = ops.reshape(inputs, (-1, inputs.shape[-1]))
    gradients = ops.reshape(gradients, (-1, gradients.shape[-1]))
    return ops.matmul(ops.transpose(inputs), gradients)


def scan(step, carry, outputs, inputs, reverse=False):
    """Loop over `inputs` and stack what each step gives.

    `keras.ops.scan` on TensorFlow stacks only outputs that have the carry's shapes; here they are
    carried along, so that they may have their own.

    Args:
        step: function `(carry, input) -> (carry, output)` on tuples.
        carry: tuple of tensors, the state before the first step.
        outputs: tuple of tensors shaped like one step's output.
        inputs: tuple of tensors `(time, ...)`.
        reverse: whether to go from the last input to the first. Defaults to False.

    Returns: pair of the last carry and a tuple of tensors `(time, ...)`, the outputs in the order
    of the inputs.
    """
    if portable.is_portable():
        return _scan_in_place(step, carry, outputs, inputs, reverse)
    n = len(carry)

    def body(both, t):
        new_carry, output = step(both[:n], tuple(x[t] for x in inputs))
        both = (*new_carry, *output)
        return both, both

    # Over places, not over the inputs themselves: with TensorFlow, `keras.ops.scan` does not take
    # several inputs whose length is unknown when the graph is made.
    n_steps = ops.shape(inputs[0])[0]
    places = ops.arange(n_steps, dtype="int32")
    last, stacked = ops.scan(body, (*carry, *outputs), places, reverse=reverse)
    # It also forgets how many channels there are.
    stacked = (
        ops.reshape(x, (n_steps, *ops.shape(like)))
        for x, like in zip(stacked[n:], outputs, strict=True)
    )
    return last[:n], tuple(stacked)


def _scan_in_place(step, carry, outputs, inputs, reverse):
    """`scan` that writes rows into arrays that are there from the start."""
    n_steps = ops.shape(inputs[0])[0]

    def body(i, carry, filled):
        t = n_steps - 1 - i if reverse else i
        carry, output = step(carry, tuple(x[t] for x in inputs))
        filled = tuple(
            ops.slice_update(rows, (t,) + (0,) * len(row.shape), row[None])
            for rows, row in zip(filled, output, strict=True)
        )
        return i + 1, carry, filled

    filled = tuple(ops.zeros((n_steps, *ops.shape(x)), dtype=x.dtype) for x in outputs)
    _, carry, filled = ops.while_loop(
        lambda i, *_: i < n_steps, body, (ops.convert_to_tensor(0, dtype="int32"), carry, filled)
    )
    filled = (
        ops.reshape(rows, (n_steps, *ops.shape(x))) for rows, x in zip(filled, outputs, strict=True)
    )
    return carry, tuple(filled)


def scan_joined(step, carry, outputs, inputs, undifferentiated=()):
    """`scan`, for a loop whose gradient is left to the backend.

    The gradient of taking one row out of an array is an array of zeros with one row in it, so that
    the gradient of a loop that does so takes time in the square of its length. Here the loop itself
    hands out the rows, of all inputs joined into one.

    Args:
        step: function `(carry, input, undifferentiated) -> (carry, output)` on tuples.
        carry, outputs: see `scan`.
        inputs: tuple of tensors `(time, batch, channels)` of one dtype, with known channels.
        undifferentiated: tuple of tensors `(time, ...)` that no gradient is needed of.
            Defaults to none.

    Returns: see `scan`.
    """
    n = len(carry)
    ends = np.cumsum([x.shape[-1] for x in inputs])[:-1].tolist()
    joined = ops.concatenate(inputs, axis=-1) if ends else inputs[0]

    def body(both, row):
        t, *both = both
        rows = ops.split(row, ends, axis=-1) if ends else (row,)
        new_carry, output = step(
            tuple(both[:n]), tuple(rows), tuple(x[t] for x in undifferentiated)
        )
        both = (t + 1, *new_carry, *output)
        return both, both

    n_steps = ops.shape(joined)[0]
    start = ops.convert_to_tensor(0, dtype="int32")
    (_, *last), (_, *stacked) = ops.scan(body, (start, *carry, *outputs), joined)
    stacked = (
        ops.reshape(x, (n_steps, *ops.shape(like)))
        for x, like in zip(stacked[n:], outputs, strict=True)
    )
    return tuple(last[:n]), tuple(stacked)


def flat(upstream):
    """Gradients as a flat tuple: TensorFlow passes them one by one, JAX as it got the outputs."""
    if len(upstream) == 1 and isinstance(upstream[0], (tuple, list)):
        return tuple(upstream[0])
    return upstream


def per_step(values):
    """Split `values` into those that change with time, and a way to put a step's set together.

    Args:
        values: tuple of None, plain numbers, and tensors `(time, ...)`.

    Returns: `(tensors, at)`: the tensors to loop over, and `at(step_tensors)`, which gives
    `values` at a step.
    """
    varying = [v is not None and not isinstance(v, (int, float)) for v in values]

    def at(step_tensors):
        step_tensors = iter(step_tensors)
        return tuple(
            next(step_tensors) if is_varying else v
            for v, is_varying in zip(values, varying, strict=True)
        )

    return [v for v, is_varying in zip(values, varying, strict=True) if is_varying], at

"""Arrays of numbers as JSON has them: lists in lists."""

import numpy as np

from keras_speech.serving.errors import RequestError, short

RANGES = {"int32": 2**31, "int64": 2**63}

# Of float32, and neither infinite nor no number.
LARGEST = 2**127


def array_of(name, values, tensor):
    """Checked values of an input of several axes.

    Args:
        name: of the input.
        values: list, of whatever JSON had there.
        tensor: `Tensor` of float32, int32 or int64.

    Returns: array.

    Raises:
        RequestError: 400.

    Example:

    >>> from keras_speech.serving.signatures import Tensor
    >>> array_of("tokens", [[1, 2], [3, 0]], Tensor("int32", (None, None))).tolist()
    [[1, 2], [3, 0]]
    """
    # The first of each list says how long all of them must be.
    sizes, first = [], values
    for size in tensor.shape:
        sizes.append(len(first) if isinstance(first, list) else 0)
        first = first[0] if isinstance(first, list) and first else None
        if size is not None and len(sizes) > 1:
            sizes[-1] = size
    _check(name, values, tuple(sizes), tensor)
    return np.array(values, tensor.dtype).reshape(sizes)


def _check(name, values, sizes, tensor):
    if not isinstance(values, list) or len(values) != sizes[0]:
        sizes = ", ".join("any" if size is None else str(size) for size in tensor.shape[1:])
        raise wrong(name, f"numbers of the shape (rows, {sizes}), all lists equally long", values)
    if len(sizes) > 1:
        for each in values:
            _check(name, each, sizes[1:], tensor)
        return
    integers = tensor.dtype in RANGES
    if not set(map(type, values)) <= ({int} if integers else {int, float}):
        raise wrong(name, "whole numbers" if integers else "numbers", values)
    limit = RANGES.get(tensor.dtype, LARGEST)
    if not all(-limit < number < limit for number in values):
        raise wrong(name, f"finite numbers that {tensor.dtype} holds", values)


def wrong(name, wanted, value):
    """A `RequestError` that says what an input must be."""
    return RequestError(400, f"`{name}` must be {wanted}. Received: {short(value)}.", param=name)

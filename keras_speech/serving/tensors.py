"""Tensors as TensorFlow Serving's REST API writes them in JSON."""

import base64
import binascii
import json

import numpy as np

from keras_speech.serving.arrays import LARGEST, RANGES, array_of, wrong
from keras_speech.serving.errors import RequestError, short

# A few milliseconds of formatting at a time: other threads have their turn in between.
CHUNK = 8192


def columns_of(content, inputs):
    """What a request has for each input, one item per row.

    Args:
        content: dict with `instances` (the row format) or `inputs` (the column format).
        inputs: dict from name to `Tensor`.

    Returns: dict from name to list, of whatever JSON had there. What has no rows, but one value for
        all of them, is that value, and only `inputs` can have it.

    Raises:
        RequestError: 400.
    """
    if ("instances" in content) == ("inputs" in content):
        raise RequestError(400, "The request must have either `instances` or `inputs`.")
    scalars = [name for name, tensor in inputs.items() if not tensor.shape]
    (only,) = inputs if len(inputs) == 1 else (None,)
    if "inputs" in content:
        columns = content["inputs"]
        if only and not isinstance(columns, dict):
            columns = {only: columns}
        _require_names(columns, inputs, "`inputs`")
        for name, values in columns.items():
            if name not in scalars and not isinstance(values, list):
                raise wrong(name, "a list with a value for each row", values)
    elif scalars:
        raise RequestError(400, f"`inputs` must be used: {scalars[0]} is one for all rows.")
    else:
        rows = content["instances"]
        if not isinstance(rows, list) or not rows:
            raise RequestError(400, f"`instances` must be a list, not empty: {short(rows)}.")
        if only:
            rows = [row if _is_named(row, only) else {only: row} for row in rows]
        for row in rows:
            _require_names(row, inputs, "Each of `instances`")
        columns = {name: [row[name] for row in rows] for name in inputs}
    rows = {name: len(values) for name, values in columns.items() if name not in scalars}
    if len(set(rows.values())) > 1:
        counts = ", ".join(f"{name} {number}" for name, number in rows.items())
        raise RequestError(400, f"All inputs must have equally many rows, not {counts}.")
    return columns


def _is_named(row, name):
    return isinstance(row, dict) and row.keys() == {name}


def _require_names(given, inputs, what):
    if not isinstance(given, dict) or given.keys() != inputs.keys():
        received = sorted(given) if isinstance(given, dict) and len(given) < 20 else given
        raise RequestError(
            400, f"{what} must have exactly {', '.join(inputs)}. Received: {short(received)}."
        )


def values_of(name, values, tensor):
    """Checked values of an input.

    Args:
        name: of the input.
        values: list, of whatever JSON had there; of a scalar the value.
        tensor: `Tensor`.

    Returns: list of str, int or float; of a scalar one of these; of a tensor of a higher rank an
        array.

    Raises:
        RequestError: 400.
    """
    if len(tensor.shape) > 1:
        return array_of(name, values, tensor)
    parse = {"string": _text_of, "float32": _float_of}.get(tensor.dtype, _integer_of)
    if not tensor.shape:
        return parse(name, values, tensor.dtype)
    return [parse(name, value, tensor.dtype) for value in values]


def _text_of(name, value, dtype):
    try:
        if isinstance(value, dict) and value.keys() == {"b64"} and isinstance(value["b64"], str):
            return base64.b64decode(value["b64"], validate=True).decode("utf-8")
        if isinstance(value, str):
            return value.encode("utf-8").decode("utf-8")
    except (binascii.Error, ValueError):
        pass
    raise wrong(name, 'UTF-8 text, or its base64 as {"b64": ...}', value)


def _float_of(name, value, dtype):
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Integers of JSON may be larger than any float.
        if abs(value) < LARGEST:
            return float(value)
    raise wrong(name, "a finite number", value)


def _integer_of(name, value, dtype):
    limit = RANGES[dtype]
    if isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit:
        return value
    raise wrong(name, f"a whole number that {dtype} holds", value)


def predictions_json(outputs, *, by_rows):
    """The answer to a prediction as bytes.

    Args:
        outputs: dict of arrays, and lists of bytes, with an item per row.
        by_rows: answers `instances`; else `inputs`.

    Example:

    >>> outputs = {"a": np.array([1, 2]), "b": np.array([[0.5], [0.25]])}
    >>> predictions_json(outputs, by_rows=True).decode()
    '{"predictions": [{"a": 1, "b": [0.5]}, {"a": 2, "b": [0.25]}]}'
    >>> predictions_json(outputs, by_rows=False).decode()
    '{"outputs": {"a": [1, 2], "b": [[0.5], [0.25]]}}'
    >>> predictions_json({"a_bytes": [b"hi"]}, by_rows=False).decode()
    '{"outputs": [{"b64": "aGk="}]}'
    """
    if by_rows:
        n_rows = len(next(iter(outputs.values())))
        rows = [_named({name: outputs[name][i] for name in outputs}) for i in range(n_rows)]
        return ('{"predictions": [' + ", ".join(rows) + "]}").encode("ascii")
    return ('{"outputs": ' + _named(outputs) + "}").encode("ascii")


def _named(values):
    """A value alone goes without its name."""
    if len(values) == 1:
        ((name, value),) = values.items()
        return _json(name, value)
    return "{" + ", ".join(f'"{name}": {_json(name, each)}' for name, each in values.items()) + "}"


def _json(name, value):
    if isinstance(value, bytes):
        # Where a name does not end so, TensorFlow Serving takes it for text.
        if name.endswith("_bytes"):
            return json.dumps({"b64": base64.b64encode(value).decode("ascii")})
        return json.dumps(value.decode("utf-8"))
    if isinstance(value, list) or np.ndim(value) > 1:
        return "[" + ", ".join(_json(name, each) for each in value) + "]"
    numbers = np.atleast_1d(value)
    if numbers.dtype == bool:
        numbers, form = np.where(numbers, "true", "false"), "%s"
    else:
        # So many digits give back the float32.
        form = "%.9g" if numbers.dtype.kind == "f" else "%d"
    parts = []
    for start in range(0, len(numbers), CHUNK):
        chunk = numbers[start : start + CHUNK].tolist()
        parts.append(", ".join([form] * len(chunk)) % tuple(chunk))
    return "[" + ", ".join(parts) + "]" if np.ndim(value) else parts[0]

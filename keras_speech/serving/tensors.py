"""Tensors as TensorFlow Serving's REST API writes them in JSON."""

import base64
import binascii
import json
import math

import numpy as np

from keras_speech.serving.errors import RequestError, short

# A few milliseconds of formatting at a time: other threads have their turn in between.
CHUNK = 8192

RANGES = {"int32": 2**31, "int64": 2**63}


def columns_of(content, inputs):
    """What a request has for each input, one item per row.

    Args:
        content: dict with `instances` (the row format) or `inputs` (the column format).
        inputs: dict from name to `Tensor`.

    Returns: dict from name to list, of whatever JSON had there.

    Raises:
        RequestError: 400.
    """
    if ("instances" in content) == ("inputs" in content):
        raise RequestError(400, "The request must have either `instances` or `inputs`.")
    (only,) = inputs if len(inputs) == 1 else (None,)
    if "inputs" in content:
        columns = content["inputs"]
        if only and not isinstance(columns, dict):
            columns = {only: columns}
        _require_names(columns, inputs, "`inputs`")
        for name, values in columns.items():
            if not isinstance(values, list):
                raise _wrong(name, "a list with a value for each row", values)
    else:
        rows = content["instances"]
        if not isinstance(rows, list) or not rows:
            raise RequestError(400, f"`instances` must be a list, not empty: {short(rows)}.")
        if only:
            rows = [row if _is_named(row, only) else {only: row} for row in rows]
        for row in rows:
            _require_names(row, inputs, "Each of `instances`")
        columns = {name: [row[name] for row in rows] for name in inputs}
    if len({len(values) for values in columns.values()}) > 1:
        counts = ", ".join(f"{name} {len(values)}" for name, values in columns.items())
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
        values: list, of whatever JSON had there.
        tensor: `Tensor`.

    Returns: list of str, int or float; of a tensor of rank 3, a float32 array.

    Raises:
        RequestError: 400.
    """
    if len(tensor.shape) == 3:
        return _mel_of(name, values, tensor.shape[-1])
    parse = {"string": _text_of, "float32": _float_of}.get(tensor.dtype, _integer_of)
    return [parse(name, value, tensor.dtype) for value in values]


def _text_of(name, value, dtype):
    try:
        if isinstance(value, dict) and value.keys() == {"b64"} and isinstance(value["b64"], str):
            return base64.b64decode(value["b64"], validate=True).decode("utf-8")
        if isinstance(value, str):
            return value.encode("utf-8").decode("utf-8")
    except (binascii.Error, ValueError):
        pass
    raise _wrong(name, 'UTF-8 text, or its base64 as {"b64": ...}', value)


def _float_of(name, value, dtype):
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Integers of JSON may be larger than any float.
        if abs(value) < 2**127 and math.isfinite(value):
            return float(value)
    raise _wrong(name, "a finite number", value)


def _integer_of(name, value, dtype):
    limit = RANGES[dtype]
    if isinstance(value, int) and not isinstance(value, bool) and -limit <= value < limit:
        return value
    raise _wrong(name, f"a whole number that {dtype} holds", value)


def _mel_of(name, values, n_mels):
    wanted = f"numbers of the shape (rows, frames, {n_mels}), all rows of as many frames"
    n_frames = len(values[0]) if values and isinstance(values[0], list) else 0
    for row in values:
        if not isinstance(row, list) or len(row) != n_frames:
            raise _wrong(name, wanted, row)
        for frame in row:
            if not isinstance(frame, list) or len(frame) != n_mels:
                raise _wrong(name, wanted, frame)
            if not set(map(type, frame)) <= {int, float}:
                raise _wrong(name, wanted, frame)
            if not all(abs(number) < 2**127 for number in frame):
                raise _wrong(name, "finite numbers", frame)
    return np.array(values, "float32").reshape(len(values), n_frames, n_mels)


def _wrong(name, wanted, value):
    return RequestError(400, f"`{name}` must be {wanted}. Received: {short(value)}.", param=name)


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

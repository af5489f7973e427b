"""`tf.train.Example`, the content of a record, written and read without TensorFlow.

Fields are written in the order given, so that equal content is equal bytes; protocol buffers leave
the order of a map open.

Reference: `example.proto` and `feature.proto` of TensorFlow.
"""

import numpy as np

_BYTES = 2  # the kind of a field with a length; an Example has no other
_BYTES_LIST, _FLOAT_LIST, _INT64_LIST = 1, 2, 3


def encode(features):
    """Bytes of an `Example`.

    Args:
        features: dict of name to bytes, str, int, an integer array (not negative) or a float32
            array.

    Example:

    >>> decode(encode({"id": "clip1", "n_samples": 300}))
    {'id': [b'clip1'], 'n_samples': [300]}
    """
    entries = []
    for name, value in features.items():
        # Map entry: key = 1, value = 2; Features: feature = 1
        entry = _field(1, name.encode()) + _field(2, _feature(value))
        entries.append(_field(1, entry))
    return _field(1, b"".join(entries))  # Example: features = 1


def decode(data):
    """Features of an `Example`.

    Args:
        data: bytes.

    Returns: dict of name to list of bytes, list of int, or float32 array.

    Raises:
        ValueError: `data` is no `Example`.
    """
    try:
        features = {}
        for message in _fields(memoryview(data), 1):
            for entry in _fields(message, 1):
                (name,), (value,) = _fields(entry, 1), _fields(entry, 2)
                features[bytes(name).decode()] = _values(value)
        return features
    except (IndexError, ValueError) as error:
        raise ValueError("the data is no tf.train.Example") from error


def _feature(value):
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return _field(_BYTES_LIST, _field(1, value))
    values = np.atleast_1d(value)
    if values.dtype == np.float32:
        return _field(_FLOAT_LIST, _field(1, values.astype("<f4").tobytes()))
    return _field(_INT64_LIST, _field(1, b"".join(map(_varint, values.tolist()))))


def _values(feature):
    for kind, content in _all_fields(feature):
        if kind == _BYTES_LIST:
            return [bytes(item) for item in _fields(content, 1)]
        packed = b"".join(_fields(content, 1))
        if kind == _FLOAT_LIST:
            return np.frombuffer(packed, "<f4").astype("float32")
        if kind == _INT64_LIST:
            return list(_varints(packed))
    return []


def _field(number, content):
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _varint(value):
    content = bytearray()
    while value > 0x7F:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    content.append(value)
    return bytes(content)


def _varints(packed):
    position = 0
    while position < len(packed):
        value, position = _read_varint(packed, position)
        yield value


def _read_varint(data, position):
    value = shift = 0
    while shift < 64:
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
    raise ValueError("a number of more than 64 bits")


def _fields(message, number):
    return [content for found, content in _all_fields(message) if found == number]


def _all_fields(message):
    """Yields `(number, content)` of the fields with a length; all that an `Example` has."""
    position = 0
    while position < len(message):
        tag, position = _read_varint(message, position)
        if tag & 7 != _BYTES:
            raise ValueError("a field of another kind")
        length, position = _read_varint(message, position)
        if position + length > len(message):
            raise ValueError("a field that goes beyond the end")
        yield tag >> 3, message[position : position + length]
        position += length

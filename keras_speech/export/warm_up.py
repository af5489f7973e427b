"""Requests that a server makes by itself when it loads a model, so that no user waits."""

from pathlib import Path

import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

# Most numbers of an input that are read back.
_MOST = 2**20

# Where TF Serving looks for them, inside of a version's directory.
WARM_UP_FILE = Path("assets.extra") / "tf_serving_warmup_requests"


def write_warm_up(directory, requests, name):
    """Writes the file of warm-up requests.

    Args:
        directory: `pathlib.Path` of the SavedModel.
        requests: list of `(signature, inputs)`, inputs a dict of NumPy arrays.
        name: what the model is called.
    """
    path = directory / WARM_UP_FILE
    path.parent.mkdir()
    with tf.io.TFRecordWriter(str(path)) as writer:
        for signature, inputs in requests:
            writer.write(prediction_log(signature, inputs, name))


def read_warm_up(directory):
    """Reads what `write_warm_up` wrote.

    Args:
        directory: `pathlib.Path` of the SavedModel.

    Returns: list of `(signature, inputs)`, inputs a dict of NumPy arrays; empty where there is no
        such file.

    Raises:
        ValueError: the file is damaged.
    """
    from google.protobuf import message

    path = directory / WARM_UP_FILE
    if not path.is_file():
        return []
    try:
        records = [each.numpy() for each in tf.data.TFRecordDataset(str(path))]
        return [_request_of(record) for record in records]
    except (tf.errors.OpError, message.DecodeError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{str(path)!r} is damaged: it has no requests to warm up by.") from error


def prediction_log(signature, inputs, name):
    """Bytes of a `tensorflow.serving.PredictionLog` of one `PredictRequest`.

    Written by hand, since its messages come with the package `tensorflow-serving-api`, which
    nothing else here needs. The numbers are those of its fields.

    Example:

    >>> prediction_log("speak", {}, "v")
    b'2\\x0e\\n\\x0c\\n\\n\\n\\x01v\\x1a\\x05speak'
    """
    # PredictionLog.predict_log = 6, PredictLog.request = 1, PredictRequest.model_spec = 1 and
    # .inputs = 2, ModelSpec.name = 1 and .signature_name = 3; of an entry of a map, key = 1 and
    # value = 2.
    model_spec = _field(1, name.encode()) + _field(3, signature.encode())
    request = _field(1, model_spec)
    for key, value in inputs.items():
        tensor = tf.make_tensor_proto(value).SerializeToString(deterministic=True)
        request += _field(2, _field(1, key.encode()) + _field(2, tensor))
    return _field(6, _field(1, request))


def _request_of(record):
    """`(signature, inputs)` of what `prediction_log` gives."""
    (request,) = _fields(dict(_fields(record))[6])
    signature, inputs = "", {}
    for number, content in _fields(request[1]):
        if number == 1:
            signature = dict(_fields(content))[3].decode()
        else:
            entry = dict(_fields(content))
            tensor = tf.make_ndarray(_small(tensor_pb2.TensorProto.FromString(entry[2])))
            inputs[entry[1].decode()] = tensor
    return signature, inputs


def _small(tensor):
    if tf.TensorShape(tensor.tensor_shape).num_elements() > _MOST:
        raise ValueError("a tensor is too large")
    return tensor


def _fields(content):
    """Yields `(number, bytes)` of each field, all of which are of bytes."""
    place = 0
    while place < len(content):
        key, place = _read_varint(content, place)
        length, place = _read_varint(content, place)
        if key & 7 != 2 or place + length > len(content):
            raise ValueError("a field is not of bytes")
        yield key >> 3, content[place : place + length]
        place += length


def _read_varint(content, place):
    value, shift = 0, 0
    while place < len(content) and shift < 64:
        value |= (content[place] & 127) << shift
        if content[place] < 128:
            return value, place + 1
        place, shift = place + 1, shift + 7
    raise ValueError("a number does not end")


def _field(number, content):
    """A field of bytes: its number and kind, its length, and itself."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value):
    groups = []
    while value > 127:
        groups.append(value & 127 | 128)
        value >>= 7
    return bytes([*groups, value])

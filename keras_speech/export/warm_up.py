"""Requests that TF Serving makes by itself when it loads a model, so that no user waits."""

from pathlib import Path

import tensorflow as tf

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


def _field(number, content):
    """A field of bytes: its number and kind, its length, and itself."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value):
    groups = []
    while value > 127:
        groups.append(value & 127 | 128)
        value >>= 7
    return bytes([*groups, value])

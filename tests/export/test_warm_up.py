"""Warm-up requests are what TF Serving's own messages say."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from keras_speech.export.warm_up import (
    WARM_UP_FILE,
    prediction_log,
    read_warm_up,
    write_warm_up,
)

INPUTS = {
    "text": np.array(["Hellö.", "x" * 300]),
    "speed": np.array([1.5, 0.5], "float32"),
    "seed": np.array(2**40, "int64"),
}


def theirs(signature, inputs, name):
    """The same message, by its own class."""
    request = predict_pb2.PredictRequest()
    request.model_spec.name = name
    request.model_spec.signature_name = signature
    for key, value in inputs.items():
        request.inputs[key].CopyFrom(tf.make_tensor_proto(value))
    log = prediction_log_pb2.PredictionLog()
    log.predict_log.request.CopyFrom(request)
    return log


def test_bytes_are_read_as_the_message_that_was_meant():
    actual = prediction_log_pb2.PredictionLog.FromString(prediction_log("speak", INPUTS, "v" * 200))
    assert actual == theirs("speak", INPUTS, "v" * 200)


def test_file_holds_a_record_for_each_request(tmp_path):
    write_warm_up(tmp_path, [("speak", INPUTS), ("other", {})], "voice")
    records = [record.numpy() for record in tf.data.TFRecordDataset(str(tmp_path / WARM_UP_FILE))]
    read = [prediction_log_pb2.PredictionLog.FromString(record) for record in records]
    assert read == [theirs("speak", INPUTS, "voice"), theirs("other", {}, "voice")]


def test_requests_come_back(tmp_path):
    assert read_warm_up(tmp_path) == []
    write_warm_up(tmp_path, [("speak", INPUTS), ("other", {})], "voice")
    (signature, inputs), other = read_warm_up(tmp_path)
    assert signature == "speak" and inputs.keys() == INPUTS.keys() and other == ("other", {})
    assert [each.decode() for each in inputs["text"]] == INPUTS["text"].tolist()
    for name in ("speed", "seed"):
        assert inputs[name].dtype == INPUTS[name].dtype
        np.testing.assert_array_equal(inputs[name], INPUTS[name])


@pytest.mark.parametrize(
    "record",
    [b"\xff", b"\xff" * 20, b"2\x09a", b"2\x00", prediction_log("a", {"b": np.zeros(3)}, "")[:-9]],
    ids=range(5),
)
def test_other_records_are_refused(tmp_path, record):
    write_warm_up(tmp_path, [], "voice")
    with tf.io.TFRecordWriter(str(tmp_path / WARM_UP_FILE)) as writer:
        writer.write(record)
    with pytest.raises(ValueError, match="is damaged"):
        read_warm_up(tmp_path)


def test_a_few_bytes_do_not_become_a_large_tensor(tmp_path, monkeypatch):
    proto = tf.make_tensor_proto(0.0, shape=[2**40])
    monkeypatch.setattr(tf, "make_tensor_proto", lambda value: proto)
    write_warm_up(tmp_path, [("speak", {"mel": 0})], "voice")
    with pytest.raises(ValueError, match="is damaged"):
        read_warm_up(tmp_path)

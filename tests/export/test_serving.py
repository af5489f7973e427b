"""A SavedModel has the layout that a server takes, a new version each time, whole or not at all."""

import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

import keras_speech as ks
from export import server
from export.server import SPEC
from keras_speech.export import serving
from keras_speech.export.warm_up import WARM_UP_FILE


def test_warm_up_requests_are_answered(exported, served):
    """One for each signature, in the messages of TF Serving."""
    warmed = set()
    for record in tf.data.TFRecordDataset(str(exported / WARM_UP_FILE)):
        log = prediction_log_pb2.PredictionLog.FromString(record.numpy())
        request = log.predict_log.request
        assert request.model_spec.name == "tiny"
        response = server.serve(exported, served, request)
        warmed.add(request.model_spec.signature_name)
        assert all(tf.make_ndarray(value).size for value in response.outputs.values())
    assert warmed == set(served)


def test_versions_follow_each_other(tmp_path):
    model, directory = ks.GriffinLim(SPEC, n_iter=1), tmp_path / "model"
    assert ks.export.saved_model(model, directory) == directory / "1"
    assert ks.export.saved_model(model, directory) == directory / "2"
    before = (directory / "2" / "saved_model.pb").read_bytes()
    with pytest.raises(ValueError, match="`version` must not be there yet"):
        ks.export.saved_model(model, directory, version=2)
    assert (directory / "2" / "saved_model.pb").read_bytes() == before
    assert sorted(path.name for path in directory.iterdir()) == ["1", "2"]


def test_a_failure_leaves_nothing(tmp_path, monkeypatch):
    def fail(*arguments):
        raise OSError("no more room")

    monkeypatch.setattr(serving, "write_warm_up", fail)
    with pytest.raises(OSError, match="no more room"):
        ks.export.saved_model(ks.GriffinLim(SPEC, n_iter=1), tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_another_object_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`model` must be a Voice.*Received: AudioSpec"):
        ks.export.saved_model(SPEC, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []

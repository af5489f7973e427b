"""Strategies by name, and what cannot be one."""

import json

import keras
import pytest

from keras_speech.training import n_devices, strategy, train
from training_tools import Batches, dropout_model


def cluster(index=0, workers=2, kind="worker"):
    hosts = [f"127.0.0.1:{2000 + i}" for i in range(workers)]
    return json.dumps({"cluster": {"worker": hosts}, "task": {"type": kind, "index": index}})


def test_none_is_one_device():
    assert strategy("none") is None
    assert n_devices() == 1


def test_mirrored_counts_the_devices_of_this_machine():
    found = strategy("mirrored")
    assert n_devices(found) == found.num_replicas_in_sync >= 1


@pytest.mark.parametrize("name", ["two", "Mirrored", None], ids=str)
def test_unknown_names_are_refused(name):
    with pytest.raises(ValueError, match="`name` must be one of none, mirrored, .*Received: name="):
        strategy(name)


def test_another_backend_is_named():
    with pytest.raises(ValueError, match="`data_parallel` needs the jax backend"):
        strategy("data_parallel")


@pytest.mark.parametrize(
    "text",
    [None, "", "{}", "[]", "not JSON", cluster(kind="ps"), cluster(index=2), cluster(index="x")],
    ids=["missing", "empty", "no cluster", "list", "text", "no such task", "too far", "no number"],
)
def test_a_wrong_cluster_is_refused_before_anything_waits_for_it(monkeypatch, text):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if text is not None:
        monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ValueError, match="`TF_CONFIG` must describe the cluster"):
        strategy("multi_worker")


def test_batches_that_cannot_be_shared_are_refused(tmp_path):
    found = strategy("mirrored")
    with found.scope():
        model = dropout_model()
    with pytest.raises(ValueError, match="must be epochs with a `shard`.*Received: function"):
        train(
            model, lambda epoch: Batches(epoch), epochs=1, directory=tmp_path, strategy=found
        )  # fmt: skip


class Epochs:
    def shard(self, index, count):
        return self

    def __len__(self):
        return 3


def test_models_must_be_built_under_a_strategy(tmp_path):
    found = strategy("mirrored")
    with found.scope():
        model = keras.Sequential([keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="`model` must be built"):
        train(model, Epochs(), epochs=1, directory=tmp_path, strategy=found)

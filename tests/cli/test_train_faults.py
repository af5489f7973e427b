"""Trainings that something ends: each says what, and goes on from its last whole checkpoint."""

import contextlib
import errno
import os
import shutil
import signal

import keras
import numpy as np
import pytest

import keras_speech as ks
from keras_speech.cli.main import main
from keras_speech.training import checkpoint as checkpoint_module
from keras_speech.training import read_checkpoint


@pytest.fixture
def train(corpus_directory, tiny_config, stand_in, tmp_path):
    """Six recordings in batches of two: three batches an epoch, a checkpoint after each."""

    def run(*argv, data=corpus_directory, out="run", epochs=3):
        options = ["--data", str(data), "--out", str(tmp_path / out), "--epochs", str(epochs)]
        options += ["--batch-size", "2", "--sample-rate", "16000", "--validation", "2"]
        options += ["--sample-every", "0", "--check-every", "0", "--plot-every", "0"]
        return main(["train", "tacotron2", *options, "--checkpoint-every", "1", *argv])

    return run


@pytest.fixture
def at_batch(monkeypatch):
    """`with at_batch(epoch, batch, action):` something happens at the end of a batch."""

    @contextlib.contextmanager
    def planned(epoch, batch, action):
        class Throughput(ks.callbacks.Throughput):
            def on_epoch_begin(self, number, logs=None):
                self.number = number + 1
                super().on_epoch_begin(number, logs)

            def on_train_batch_end(self, number, logs=None):
                super().on_train_batch_end(number, logs)
                if (self.number, number + 1) == (epoch, batch):
                    action()

        with monkeypatch.context() as patch:
            patch.setattr(ks.callbacks, "Throughput", Throughput)
            yield

    return planned


def weights(directory):
    voice = ks.Voice.from_preset(directory / "voice")
    return [keras.ops.convert_to_numpy(each) for each in voice.acoustic_model.weights]


def assert_same_voice(ours, theirs):
    for our, their in zip(weights(ours), weights(theirs), strict=True):
        np.testing.assert_array_equal(our, their)


def position(directory):
    state = read_checkpoint(directory / "checkpoint.npz")
    return state["epoch"], state["batch"]


def test_sigterm(train, at_batch, tmp_path, capsys):
    assert train(out="whole") == 0
    with at_batch(2, 1, lambda: os.kill(os.getpid(), signal.SIGTERM)):
        assert train() == 143
    error = capsys.readouterr().err
    assert "terminated after 1 of 3 epochs and 1 batches; the same command goes on" in error
    assert position(tmp_path / "run") == (1, 1)
    assert not (tmp_path / "run" / "voice").exists()
    assert train() == 0
    assert_same_voice(tmp_path / "run", tmp_path / "whole")


def test_full_disk(train, at_batch, tmp_path, monkeypatch, capsys):
    assert train(out="whole") == 0
    savez = np.savez

    def fail(file, **arrays):
        file.write(b"half a file")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with at_batch(2, 2, lambda: monkeypatch.setattr(checkpoint_module.np, "savez", fail)):
        assert train() == 1
    monkeypatch.setattr(checkpoint_module.np, "savez", savez)
    error = capsys.readouterr().err
    assert f"`{tmp_path / 'run' / 'checkpoint.npz'}`: No space left on device" in error
    assert "stopped after 1 of 3 epochs and 1 batches; the same command goes on" in error
    assert position(tmp_path / "run") == (1, 1)
    assert not [path for path in (tmp_path / "run").iterdir() if path.name.startswith(".")]
    assert train() == 0
    assert_same_voice(tmp_path / "run", tmp_path / "whole")


def test_features_that_go_while_it_trains(train, at_batch, tmp_path, capsys):
    """As a lost disk would take them: said by name, and made again by the next call."""
    assert train(out="whole") == 0
    features = tmp_path / "run" / "features"
    with at_batch(1, 2, lambda: shutil.rmtree(features)):
        assert train() == 1
    error = capsys.readouterr().err
    assert "are gone: its file or the cache directory was changed" in error
    assert "Traceback" not in error
    assert train() == 0
    assert_same_voice(tmp_path / "run", tmp_path / "whole")


def test_unreadable_shard(train, corpus_directory, tmp_path, capsys):
    shards = tmp_path / "shards"
    assert main(["prepare", str(corpus_directory), str(shards), "--sample-rate", "16000"]) == 0
    assert train(data=shards, epochs=1) == 0
    capsys.readouterr()
    (shard,) = shards.glob("*.tfrecord")
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 255
    shard.write_bytes(content)
    shutil.rmtree(tmp_path / "run" / "features")
    assert train(data=shards) == 1
    error = capsys.readouterr().err
    assert f"{shard}" in error and "checksum" in error
    assert position(tmp_path / "run") == (1, 0)


def test_loss_that_is_no_number(train, at_batch, tmp_path, monkeypatch, capsys):
    """A weight that has become infinite is found by the checkpoint that would keep it."""
    seen = []
    monkeypatch.setattr(
        ks.callbacks.Throughput, "set_model", lambda self, model: seen.append(model)
    )

    def spoil():
        seen[0].weights[0].assign(np.full(seen[0].weights[0].shape, np.inf))

    with at_batch(2, 2, spoil):
        assert train() == 1
    error = capsys.readouterr().err
    assert "no longer finite in epoch 2. A lower learning rate" in error
    assert "stopped after 1 of 3 epochs and 1 batches" in error
    assert position(tmp_path / "run") == (1, 1)

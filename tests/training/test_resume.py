"""A run that ends within an epoch, in whatever way, goes on as if it never had."""

import errno
import os
import signal

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_speech.training import Terminated, checkpoint, read_checkpoint, train
from keras_speech.training.train import CHECKPOINT
from training_tools import Batches, InterruptAt, dropout_model

N_BATCHES = 5


def dataset(epoch, value=1.0):
    batches = Batches(epoch, n_batches=N_BATCHES, value=value)
    return tf.data.Dataset.from_tensor_slices((batches.x, batches.y))


def run(directory, *, model=None, batches=dataset, **options):
    model = model or dropout_model()
    options = {"epochs": 3, "verbose": 0, "warmup_steps": 2, "checkpoint_every": 2, **options}
    history = train(model, batches, dataset(99), directory=directory, **options)
    return [keras.ops.convert_to_numpy(weight) for weight in model.weights], history


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    return run(tmp_path_factory.mktemp("whole"))


def assert_equal(ours, theirs):
    for our, their in zip(ours[0], theirs[0], strict=True):
        np.testing.assert_array_equal(our, their)
    for name in ("loss", "val_loss", "learning_rate"):
        assert ours[1][name] == theirs[1][name]


def position(directory):
    state = read_checkpoint(directory / CHECKPOINT)
    return state["epoch"], state["batch"]


class At(keras.callbacks.Callback):
    """Does something at the end of a batch."""

    def __init__(self, epoch, batch, action):
        super().__init__()
        self.at, self.action = (epoch, batch), action

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.at:
            self.action()


def terminate():
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize(
    "epoch, batch, found", [(0, 2, (0, 2)), (1, 0, (1, 0)), (1, 3, (1, 2)), (2, 4, (2, 4))]
)
def test_interrupted_within_an_epoch(tmp_path, uninterrupted, epoch, batch, found):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, callbacks=[InterruptAt(epoch, batch)])
    assert position(tmp_path) == found
    assert_equal(run(tmp_path), uninterrupted)


@pytest.mark.parametrize(
    "epoch, batch, found", [(0, 0, (0, 1)), (1, 2, (1, 3)), (1, 4, (1, 4)), (2, 3, (2, 4))]
)
def test_sigterm_ends_after_the_batch_with_a_checkpoint(
    tmp_path, uninterrupted, epoch, batch, found
):
    """After an epoch's last batch there is no time for validation: the one before must do."""
    with pytest.raises(Terminated) as raised:
        run(tmp_path, callbacks=[At(epoch, batch, terminate)])
    assert raised.value.code == 143
    assert position(tmp_path) == found
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert_equal(run(tmp_path), uninterrupted)


def test_many_interruptions_with_averages(tmp_path):
    options = {"ema_momentum": 0.8, "keep": "best"}
    expected = run(tmp_path / "whole", **options)
    for epoch, batch in [(0, 1), (0, 3), (1, 0), (1, 1), (2, 2)]:
        with pytest.raises(Terminated):
            run(tmp_path / "parts", callbacks=[At(epoch, batch, terminate)], **options)
    assert_equal(run(tmp_path / "parts", **options), expected)


def test_callbacks_see_the_batches_number_in_its_epoch(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, callbacks=[InterruptAt(1, 3)])
    seen = []
    note = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))
    run(tmp_path, callbacks=[note])
    assert seen == [2, 3, 4, 0, 1, 2, 3, 4]


def test_without_checkpoints_within_an_epoch(tmp_path, uninterrupted):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, callbacks=[InterruptAt(1, 3)], checkpoint_every=0)
    assert position(tmp_path) == (1, 0)
    assert_equal(run(tmp_path, checkpoint_every=0), uninterrupted)


def test_full_disk_leaves_the_checkpoint_before(tmp_path, uninterrupted, monkeypatch):
    model = dropout_model()
    whole = np.savez

    def fill():
        def savez(file, **arrays):
            file.write(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(checkpoint.np, "savez", savez)

    with pytest.raises(OSError, match="No space left"):
        run(tmp_path, model=model, callbacks=[At(1, 2, fill)])
    monkeypatch.setattr(checkpoint.np, "savez", whole)
    assert position(tmp_path) == (1, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == [CHECKPOINT, "log.csv"]
    assert_equal(run(tmp_path), uninterrupted)


def test_weights_that_are_no_numbers_are_not_written(tmp_path, uninterrupted):
    """A finite loss with an infinite gradient: the loss only shows it a batch later."""
    model = dropout_model()

    def spoil():
        model.trainable_variables[0].assign(np.full((4, 8), np.inf))

    with pytest.raises(FloatingPointError, match="no longer finite in epoch 2"):
        run(tmp_path, model=model, callbacks=[At(1, 3, spoil)])
    assert position(tmp_path) == (1, 2)
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert_equal(run(tmp_path), uninterrupted)


def test_loss_that_is_no_number_leaves_the_checkpoint_before(tmp_path):
    def spoiled(epoch):
        good, bad = dataset(epoch), dataset(epoch, value=np.nan)
        return good if epoch < 1 else good.take(3).concatenate(bad.skip(3))

    with pytest.raises(FloatingPointError, match="epoch 2, batch 4"):
        run(tmp_path, batches=spoiled)
    assert position(tmp_path) == (1, 2)


def test_leftovers_of_a_killed_writer_go(tmp_path):
    (tmp_path / f".{CHECKPOINT}.abcd.tmp").write_bytes(b"half")
    (tmp_path / "notes.tmp").touch()
    run(tmp_path, epochs=1)
    assert sorted(p.name for p in tmp_path.iterdir()) == [CHECKPOINT, "log.csv", "notes.tmp"]


def test_batches_that_cannot_be_left_out_are_refused(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, callbacks=[InterruptAt(1, 3)])
    with pytest.raises(ValueError, match="`batches` must be .*Received: Batches, .*after 2 batch"):
        run(tmp_path, batches=Batches)


def test_bad_checkpoint_every_is_named(tmp_path):
    with pytest.raises(ValueError, match="`checkpoint_every` must be .*=-1"):
        run(tmp_path, checkpoint_every=-1)

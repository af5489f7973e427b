"""Checkpoints are whole, exact and refuse what does not fit."""

import keras
import numpy as np
import pytest

from keras_speech.training import checkpoint as checkpoint_module
from keras_speech.training import read_checkpoint, restore_checkpoint, save_checkpoint
from keras_speech.training.checkpoint import restore_metrics


def dense_model(units=3):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(units)])
    model.compile(optimizer="adam", loss="mse")
    model.optimizer.build(model.trainable_variables)
    return model


def test_restore_gives_back_every_variable(tmp_path):
    model, other = dense_model(), dense_model()
    model.fit(np.ones((4, 2)), np.ones((4, 3)), verbose=0)
    save_checkpoint(tmp_path / "c.npz", model, epoch=7, history={"loss": [1.5]})
    state = restore_checkpoint(tmp_path / "c.npz", other)
    assert (state["epoch"], state["batch"], state["history"]) == (7, 0, {"loss": [1.5]})
    assert state["metrics"] == []
    for ours, theirs in zip(
        [*model.variables, *model.optimizer.variables],
        [*other.variables, *other.optimizer.variables],
        strict=True,
    ):
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def test_another_model_is_refused_and_left_as_it_was(tmp_path):
    save_checkpoint(tmp_path / "c.npz", dense_model(3), epoch=1)
    other = dense_model(5)
    before = np.asarray(other.weights[0]).copy()
    with pytest.raises(ValueError, match=r"has shape \(2, 3\) there and \(2, 5\) here"):
        restore_checkpoint(tmp_path / "c.npz", other)
    np.testing.assert_array_equal(np.asarray(other.weights[0]), before)


def test_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    model = dense_model()
    save_checkpoint(tmp_path / "c.npz", model, epoch=1)

    def fail(file, **arrays):
        file.write(b"half a file")
        raise OSError("No space left on device")

    monkeypatch.setattr(checkpoint_module.np, "savez", fail)
    with pytest.raises(OSError, match="No space"):
        save_checkpoint(tmp_path / "c.npz", model, epoch=2)
    assert read_checkpoint(tmp_path / "c.npz")["epoch"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["c.npz"]


def test_metrics_of_a_begun_epoch_come_along(tmp_path):
    model, other = dense_model(), dense_model()
    model.fit(np.ones((4, 2)), np.ones((4, 3)), verbose=0)
    save_checkpoint(tmp_path / "c.npz", model, epoch=0, batch=4, seconds=2.5)
    state = restore_checkpoint(tmp_path / "c.npz", other)
    assert (state["batch"], state["seconds"]) == (4, 2.5)
    restore_metrics(other, state["metrics"])
    assert other.get_metrics_result()["loss"] == model.get_metrics_result()["loss"] > 0


def test_another_optimizer_is_refused(tmp_path):
    """Its arrays have the same shapes."""
    save_checkpoint(tmp_path / "c.npz", dense_model(), epoch=1)
    other = dense_model()
    other.compile("adamw", loss="mse")
    other.optimizer.build(other.trainable_variables)
    with pytest.raises(ValueError, match="trained with Adam, and this model is compiled with Adam"):
        restore_checkpoint(tmp_path / "c.npz", other)


def test_files_from_before_positions_within_an_epoch_are_read(tmp_path):
    model = dense_model()
    save_checkpoint(tmp_path / "c.npz", model, epoch=1)
    with np.load(tmp_path / "c.npz") as file:
        arrays = dict(file)
    state = b'{"epoch": 1, "history": {"loss": [2.0]}}'
    checkpoint_module.write_arrays(
        tmp_path / "c.npz", {**arrays, "state.json": np.frombuffer(state, np.uint8)}
    )
    assert restore_checkpoint(tmp_path / "c.npz", model)["batch"] == 0


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", None], ids=["empty", "text", "cut"])
def test_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "c.npz"
    save_checkpoint(path, dense_model(), epoch=1)
    path.write_bytes(path.read_bytes()[:-40] if content is None else content)
    with pytest.raises(ValueError, match="c.npz` is damaged or no checkpoint"):
        read_checkpoint(path)


def test_missing_file_is_no_state(tmp_path):
    assert read_checkpoint(tmp_path / "c.npz") is None

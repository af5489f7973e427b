"""Every epoch's numbers are in TensorBoard's files."""

import keras
import numpy as np
import pytest

from callbacks.events import read_scalars
from keras_speech.callbacks import EventLog


def test_training_and_validation_are_two_runs_with_equal_names(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.25), "mse")
    x, y = np.ones((4, 2)), np.ones((4, 1))
    log = EventLog(tmp_path)
    history = model.fit(x, y, validation_data=(x, y), epochs=2, verbose=0, callbacks=[log])
    history = history.history
    assert read_scalars(tmp_path / "train") == {
        "loss": [(1, pytest.approx(history["loss"][0])), (2, pytest.approx(history["loss"][1]))],
        "learning_rate": [(1, 0.25), (2, 0.25)],
    }
    assert read_scalars(tmp_path / "validation") == {
        "loss": [(n, pytest.approx(history["val_loss"][n - 1])) for n in (1, 2)]
    }


def test_without_validation_there_is_one_run(tmp_path):
    log = EventLog(tmp_path)
    log.set_model(keras.Sequential())
    log.on_epoch_end(4, {"loss": 0.5})
    assert [path.name for path in tmp_path.iterdir()] == ["train"]
    assert read_scalars(tmp_path / "train") == {"loss": [(5, 0.5)]}

"""Memory of a training is counted, and the rest measured."""

import keras
import numpy as np
import pytest

from keras_speech import optimizers
from keras_speech.training import memory, memory_of_training


class Learns(keras.Sequential):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.mean(keras.ops.square(y_pred))


def wide(optimizer, *, rows=4, units=8, **options):
    model = Learns([keras.Input((3,)), keras.layers.Dense(units)])
    model.compile(optimizers.get(optimizer, **options), run_eagerly=True)
    return model, np.ones((rows, 3), "float32")


@pytest.mark.parametrize(
    "options, slots",
    [(("sgd", {}), 0), (("adam", {}), 2), (("adam", {"ema_momentum": 0.9}), 3), (("lion", {}), 1)],
    ids=str,
)
def test_weights_gradients_and_slots_are_counted(options, slots):
    name, more = options
    found = memory_of_training(*wide(name, **more))
    n_bytes = 4 * (3 * 8 + 8)
    assert (found["weights"], found["gradients"]) == (n_bytes, n_bytes)
    # Beside the slots an optimizer has a counter and a learning rate.
    assert slots * n_bytes <= found["optimizer"] < slots * n_bytes + 64
    assert found["seconds"] > 0


def test_activations_are_what_the_process_grows_by():
    """A layer's output of 200 MB, which its gradient needs again."""
    rows, units = 10_000, 5_000
    found = memory_of_training(*wide("sgd", rows=rows, units=units), n_steps=1)
    output = 4 * rows * units
    assert found["peak"] >= found["before"] + output
    # The output, its square, their gradients.
    assert output <= found["activations"] < 6 * output


@pytest.mark.parametrize("missing", [["_RESET"], ["_RESET", "_STATUS"]], ids=str)
def test_systems_without_proc_say_at_least_the_peak(missing, monkeypatch, tmp_path):
    for name in missing:
        monkeypatch.setattr(memory, name, tmp_path / "nothing" / "here")
    found = memory_of_training(*wide("sgd"), n_steps=1)
    assert found["peak"] >= found["before"] > 0

"""Speed of an epoch among its measures."""

import time
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from callbacks.events import read_scalars
from keras_speech.callbacks import EventLog, Throughput


class Busy(keras.callbacks.Callback):
    """Takes its time beside training, which no measure of training may count."""

    def on_epoch_end(self, epoch, logs=None):
        time.sleep(0.3)


class Steps(keras.callbacks.Callback):
    """Lets each step take a while, of which half is told to be waiting, and hear two seconds."""

    def __init__(self, watch):
        super().__init__()
        self.watch = watch

    def on_train_batch_begin(self, batch, logs=None):
        time.sleep(0.04)
        self.watch.waited_seconds += 0.02
        self.watch.audio_seconds += 2.0


def fit(*callbacks, epochs=2):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.ones((5, 1))
    return model.fit(x, x, batch_size=1, epochs=epochs, verbose=0, callbacks=list(callbacks))


def test_speed_is_that_of_the_batches_alone(tmp_path):
    watch = SimpleNamespace(waited_seconds=7.0, audio_seconds=100.0)  # of an earlier training
    history = fit(Steps(watch), Throughput(watch), Busy(), EventLog(tmp_path)).history
    # The first epoch includes compiling. In the second five steps take 0.2 seconds and a bit more.
    steps, audio, wait = (
        history[name][1] for name in ("steps_per_second", "audio_per_second", "data_wait")
    )
    assert 2 < steps < 1 / 0.04
    assert audio == pytest.approx(2 * steps)
    assert wait == pytest.approx(0.02 * steps)
    assert read_scalars(tmp_path / "train")["data_wait"][1] == (2, pytest.approx(wait))


def test_audio_may_be_told_and_need_not_be():
    history = fit(Throughput(audio_seconds=50.0)).history
    assert history["audio_per_second"] == pytest.approx(
        [10 * steps for steps in history["steps_per_second"]]
    )
    assert "data_wait" not in history
    history = fit(Throughput(), epochs=1).history
    assert "steps_per_second" in history and "audio_per_second" not in history


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="`audio_seconds` must be positive. Received: .*=0"):
        Throughput(audio_seconds=0)
    with pytest.raises(ValueError, match="`audio_seconds` must be None beside a `watch`"):
        Throughput(SimpleNamespace(), audio_seconds=5)

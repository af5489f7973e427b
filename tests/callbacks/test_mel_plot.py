"""Predicted beside recorded mels."""

import os

import keras
import numpy as np
import pytest

from callbacks.events import read_events
from keras_speech import AudioSpec
from keras_speech.callbacks import MelPlot


class Louder:
    """Predicts half a nat more than the recording, and a frame more than it has."""

    def __call__(self, inputs, training=None):
        assert training is False
        return {"mel": np.pad(inputs["mel"] + 0.5, [(0, 0), (0, 1), (0, 0)])}


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    mel = rng.normal(size=(3, 20, 8)).astype("float32")
    return {"mel": mel, "mel_lengths": np.array([20, 12, 9])}


def drawn(batch, tmp_path, model=None, **options):
    callback = MelPlot(batch, tmp_path, **options)
    callback.set_model(model or Louder())
    return callback


def test_predicted_recorded_and_their_difference(batch, tmp_path):
    figure = drawn(batch, tmp_path).figure(3)
    images = [panel.images[0] for panel in figure.axes if panel.images]
    panels = [panel for panel in figure.axes if panel.get_title()]
    assert [panel.get_title() for panel in panels[:3]] == [
        "predicted",
        "recorded",
        "predicted - recorded, 0.50 on average",
    ]
    for row, length in ((0, 20), (1, 12)):
        predicted, recorded, difference = images[3 * row : 3 * row + 3]
        real = batch["mel"][row, :length].T
        np.testing.assert_allclose(recorded.get_array(), real)
        np.testing.assert_allclose(predicted.get_array(), real + 0.5)
        np.testing.assert_allclose(difference.get_array(), np.full_like(real, 0.5), atol=1e-6)
        # One scale of colors for both; none at zero difference.
        assert predicted.get_clim() == recorded.get_clim() == (real.min(), real.max())
        low, high = difference.get_clim()
        assert low == -high
    assert len(images) == 6  # two rows unless more are asked for


def test_time_is_in_seconds_with_a_spec(batch, tmp_path):
    spec = AudioSpec(sample_rate=16000, hop_length=160, n_fft=512, win_length=512)
    panel = drawn(batch, tmp_path, spec=spec).figure(1).axes[0]
    # 20 frames at 100 a second
    assert panel.get_xlim() == (0, 0.2) and panel.get_xlabel() == "Time (s)"
    assert drawn(batch, tmp_path).figure(1).axes[0].get_xlabel() == "Frame"


def test_files_and_logs_when_due_and_only_then(batch, tmp_path):
    callback = drawn(batch, tmp_path / "mels", every=2, rows=1, log_directory=tmp_path / "logs")
    for epoch in range(3):
        callback.on_epoch_end(epoch)
    assert os.listdir(tmp_path / "mels") == ["mel_epoch_0002.png"]
    (event,) = read_events(tmp_path / "logs" / "mels")
    assert (event.step, event.summary.value[0].tag) == (2, "mel")


def test_silence_can_be_drawn(tmp_path):
    callback = drawn({"mel": np.full((1, 5, 4), -11.5, "float32")}, tmp_path)
    callback.on_epoch_end(0)
    assert (tmp_path / "mel_epoch_0001.png").read_bytes().startswith(b"\x89PNG")


def test_looking_changes_nothing(tmp_path):
    """Dropout that acts always draws the same numbers whether or not anybody looks."""

    class Dropping(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(4)
            self.seed_generator = keras.random.SeedGenerator(5)

        def call(self, inputs, training=None):
            mel = keras.random.dropout(inputs["mel"], 0.5, seed=self.seed_generator)
            return {"mel": self.dense(mel)}

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return keras.ops.mean(keras.ops.square(y_pred["mel"] - x["mel"]))

    def trained(*callbacks):
        keras.utils.set_random_seed(0)
        batch = {"mel": np.ones((2, 6, 4), "float32")}
        model = Dropping()
        model.compile("sgd", run_eagerly=True)
        model.fit(batch, epochs=2, verbose=0, callbacks=[make(batch) for make in callbacks])
        return model.get_weights()

    looked = trained(lambda batch: MelPlot(batch, tmp_path))
    for ours, theirs in zip(looked, trained(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_batch_or_model_without_mels_is_refused(batch, tmp_path):
    with pytest.raises(ValueError, match="`batch` must have `mel`"):
        MelPlot({"tokens": np.zeros((1, 2))}, tmp_path)
    with pytest.raises(ValueError, match=r"`MelPlot` needs a model whose output has `mel`"):
        drawn(batch, tmp_path, lambda inputs, training: {"samples": 0}).on_epoch_end(0)

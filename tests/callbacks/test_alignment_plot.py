import os

import keras
import numpy as np
import pytest
import tensorflow as tf

from callbacks.events import read_events
from keras_speech.callbacks import AlignmentPlot


class Reader(keras.Model):
    """Two frames in a step; looks at the token that the step's number says."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(4)
        self.trained = []

    def call(self, inputs, training=False):
        self.trained.append(training)
        mel = self.dense(inputs["mel"])
        batch, frames, _ = mel.shape
        tokens = inputs["tokens"].shape[1]
        weights = np.eye(frames // 2, tokens, dtype="float32")
        alignment = keras.ops.tile(weights[None], (batch, 1, 1))
        return {"mel": mel, "alignment": alignment}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.mean(keras.ops.square(y_pred["mel"] - x["mel"]))


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    return {
        "tokens": np.array([[1, 2, 3, 4, 5], [1, 2, 3, 0, 0]]),
        "token_lengths": np.array([5, 3]),
        "mel": rng.normal(size=(2, 10, 4)).astype("float32"),
        "mel_lengths": np.array([10, 5]),
    }


@pytest.fixture
def model():
    model = Reader()
    model.compile("sgd", run_eagerly=True)
    return model


def test_picture_is_written_every_so_many_epochs(model, batch, tmp_path):
    callback = AlignmentPlot(batch, tmp_path / "new" / "pictures", every=2)
    model.fit(batch, epochs=5, batch_size=2, verbose=0, callbacks=[callback])
    names = sorted(os.listdir(tmp_path / "new" / "pictures"))
    assert names == ["alignment_epoch_0002.png", "alignment_epoch_0004.png"]
    for name in names:
        content = (tmp_path / "new" / "pictures" / name).read_bytes()
        assert content.startswith(b"\x89PNG") and b"IEND" in content[-12:]


def test_model_is_called_outside_training(model, batch, tmp_path):
    callback = AlignmentPlot(batch, tmp_path)
    callback.set_model(model)
    callback.on_epoch_end(0)
    # Building calls it too.
    assert set(model.trained) == {False}


def test_padding_is_cut_off(model, batch, tmp_path):
    callback = AlignmentPlot(batch, tmp_path)
    callback.set_model(model)
    # 10 and 5 frames, two in a step; 5 and 3 tokens.
    assert [each.shape for each in callback.alignments()] == [(5, 5), (3, 3)]


def test_no_more_rows_than_asked_for(model, batch, tmp_path):
    callback = AlignmentPlot(batch, tmp_path, rows=1)
    callback.set_model(model)
    assert len(callback.alignments()) == 1


def test_interrupt_leaves_nothing_half_written(model, batch, tmp_path, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupt)
    callback = AlignmentPlot(batch, tmp_path)
    callback.set_model(model)
    with pytest.raises(KeyboardInterrupt):
        callback.on_epoch_end(0)
    assert os.listdir(tmp_path) == []


def test_pictures_are_in_the_logs_too(model, batch, tmp_path):
    callback = AlignmentPlot(batch, tmp_path / "pictures", log_directory=tmp_path / "logs")
    callback.set_model(model)
    callback.on_epoch_end(6)
    (event,) = read_events(tmp_path / "logs" / "alignments")
    (value,) = event.summary.value
    width, height, png = tf.make_ndarray(value.tensor)
    assert (event.step, value.tag) == (7, "alignment")
    assert value.metadata.plugin_data.plugin_name == "images"
    assert png == (tmp_path / "pictures" / "alignment_epoch_0007.png").read_bytes()
    assert tf.io.decode_png(png).shape[:2] == (int(height), int(width))


def test_nothing_is_done_when_it_is_not_due(model, batch, tmp_path):
    callback = AlignmentPlot(batch, tmp_path, every=3)
    callback.set_model(model)
    for epoch in (0, 1, 3, 4):
        callback.on_epoch_end(epoch)
    assert model.trained == [] and os.listdir(tmp_path) == []


def test_current_figure_of_the_user_stays(model, batch, tmp_path):
    from matplotlib import pyplot as plt

    callback = AlignmentPlot(batch, tmp_path)
    callback.set_model(model)
    callback.on_epoch_end(0)
    assert plt.get_fignums() == []


def test_model_without_alignment_is_refused(batch, tmp_path):
    callback = AlignmentPlot(batch, tmp_path)
    callback.set_model(lambda inputs, training: {"mel": inputs["mel"]})
    with pytest.raises(ValueError, match=r"has `alignment`. Received: output with \['mel'\]"):
        callback.on_epoch_end(0)


@pytest.mark.parametrize("options", [{"every": 0}, {"every": 1.5}, {"rows": 0}])
def test_bad_number_is_refused(batch, tmp_path, options):
    (name,) = options
    with pytest.raises(ValueError, match=f"`{name}` must be a positive integer"):
        AlignmentPlot(batch, tmp_path, **options)


def test_batch_that_is_no_dict_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`batch` must be a dict"):
        AlignmentPlot(np.zeros(3), tmp_path)

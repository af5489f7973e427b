"""A training run that stops anywhere goes on as if it never had."""

import csv

import keras
import numpy as np
import pytest

from keras_speech.training import read_checkpoint, train
from keras_speech.training.train import CHECKPOINT
from training_tools import Batches, InterruptAt, dropout_model


def run(directory, *, epochs=4, model=None, **options):
    model = model or dropout_model()
    options = {"validation": Batches(99), "verbose": 0, "warmup_steps": 2, **options}
    history = train(model, Batches, epochs=epochs, directory=directory, **options)
    return [keras.ops.convert_to_numpy(weight) for weight in model.weights], history


@pytest.mark.parametrize(
    "options",
    [{}, {"schedule": "cosine"}, {"ema_momentum": 0.8}, {"ema_momentum": 0.8, "keep": "best"}],
    ids=str,
)
def test_interrupted_equals_uninterrupted(tmp_path, options):
    expected, history = run(tmp_path / "whole", **options)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts", callbacks=[InterruptAt(2, 1)], **options)
    assert read_checkpoint(tmp_path / "parts" / CHECKPOINT)["epoch"] == 2
    weights, resumed = run(tmp_path / "parts", **options)
    for ours, theirs in zip(weights, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert resumed["loss"] == history["loss"] and resumed["val_loss"] == history["val_loss"]


def test_interrupt_leaves_the_last_checkpoint_in_the_model(tmp_path):
    model = dropout_model()
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts", model=model, callbacks=[InterruptAt(2, 1)])
    expected, _ = run(tmp_path / "whole", epochs=2)
    for ours, theirs in zip(model.weights, expected, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(ours), theirs)


def test_averages_are_the_running_mean_of_the_weights(tmp_path):
    seen = []
    collect = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(
            keras.ops.convert_to_numpy(model.weights[0]).copy()
        )
    )
    model = dropout_model()
    weights, _ = run(tmp_path, model=model, ema_momentum=0.8, callbacks=[collect])
    average = seen[0]  # where Keras lets the mean begin
    for value in seen[1:]:
        average = 0.8 * average + 0.2 * value
    np.testing.assert_allclose(weights[0], average, rtol=1e-5, atol=1e-7)
    assert len(seen) == 4 * 3


def test_best_epoch_is_kept(tmp_path):
    """From the third epoch on the targets have the wrong sign, so validation gets worse."""
    model = dropout_model()
    history = train(
        model,
        lambda epoch: Batches(epoch, n_batches=30, value=1.0 if epoch < 2 else -1.0),
        Batches(99),
        epochs=4,
        directory=tmp_path,
        learning_rate=0.02,
        schedule="constant",
        keep="best",
        verbose=0,
    )
    assert int(np.argmin(history["val_loss"])) == 1
    assert model.evaluate(Batches(99), verbose=0) == pytest.approx(min(history["val_loss"]))


def test_log_has_one_line_per_epoch_after_a_resume(tmp_path):
    run(tmp_path, epochs=2)
    _, history = run(tmp_path, epochs=3)
    with open(tmp_path / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert [float(row["loss"]) for row in rows] == pytest.approx(history["loss"])
    assert sorted(path.name for path in tmp_path.iterdir()) == [CHECKPOINT, "log.csv"]


def test_finished_run_is_left_alone(tmp_path):
    expected, _ = run(tmp_path)
    before = (tmp_path / CHECKPOINT).stat().st_mtime_ns
    weights, history = run(tmp_path)
    np.testing.assert_array_equal(weights[0], expected[0])
    assert (tmp_path / CHECKPOINT).stat().st_mtime_ns == before
    assert len(history["loss"]) == 4


def test_callbacks_see_one_training(tmp_path):
    calls = []
    counter = keras.callbacks.LambdaCallback(
        on_train_begin=lambda logs: calls.append("begin"),
        on_epoch_begin=lambda epoch, logs: calls.append(epoch),
        on_train_end=lambda logs: calls.append("end"),
    )
    run(tmp_path, epochs=2, callbacks=[counter])
    assert calls == ["begin", 0, 1, "end"]


def test_loss_that_is_no_number_stops_the_run(tmp_path):
    run(tmp_path, epochs=1)
    with pytest.raises(FloatingPointError, match="epoch 2, batch 1"):
        train(
            dropout_model(),
            lambda epoch: Batches(epoch, value=float("nan")),
            epochs=3,
            directory=tmp_path,
            verbose=0,
        )
    assert read_checkpoint(tmp_path / CHECKPOINT)["epoch"] == 1


def test_clip_norm_limits_the_step(tmp_path):
    """With plain gradient descent the step is the learning rate times the clipped gradient."""
    model = dropout_model()
    before = [keras.ops.convert_to_numpy(weight).copy() for weight in model.weights]
    train(
        model,
        lambda epoch: Batches(epoch, n_batches=1, value=1000.0),
        epochs=1,
        directory=tmp_path,
        optimizer=keras.optimizers.SGD(0.1, global_clipnorm=2.0),
        verbose=0,
    )
    moved = [keras.ops.convert_to_numpy(w) - b for w, b in zip(model.weights, before, strict=True)]
    assert np.sqrt(sum(np.sum(m**2) for m in moved)) == pytest.approx(0.2, rel=1e-4)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"epochs": 0}, "`epochs` must be at least 1"),
        ({"keep": "worst"}, "`keep` must be"),
        ({"keep": "best", "validation": None}, "needs `validation`"),
        ({"schedule": "square"}, "must be one of"),
    ],
    ids=str,
)
def test_bad_arguments_are_named(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        run(tmp_path, **options)

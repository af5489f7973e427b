"""`train` learns as its options say, and what they keep survives a resume."""

import keras
import numpy as np
import pytest

from keras_speech import optimizers
from keras_speech.training import dtype_policy, read_checkpoint, train
from keras_speech.training.train import CHECKPOINT
from training_tools import Batches, InterruptAt, dropout_model


def run(directory, *, epochs=2, precision="float32", callbacks=(), model=None, **options):
    with dtype_policy(precision):
        model = model or dropout_model()
        history = train(
            model, Batches, Batches(99), epochs=epochs, directory=directory, verbose=0,
            callbacks=callbacks, jit_compile=False, **options,
        )  # fmt: skip
    return model, history


@pytest.mark.parametrize(
    "options",
    [
        {"optimizer": "radam", "schedule": "exponential"},
        {"precision": "mixed_float16", "lookahead": True, "ema_momentum": 0.8, "clip_value": 0.5},
    ],
    ids=str,
)
def test_interrupted_equals_uninterrupted(tmp_path, options):
    """With averages, slow weights and the scale of the losses, all of which checkpoints hold."""
    whole, history = run(tmp_path / "whole", **options)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts", callbacks=[InterruptAt(1, 1)], **options)
    assert read_checkpoint(tmp_path / "parts" / CHECKPOINT)["epoch"] == 1
    resumed, again = run(tmp_path / "parts", **options)
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for name in ("loss", "val_loss", "learning_rate"):
        assert again[name] == history[name]


@pytest.mark.parametrize("around", [{"precision": "mixed_float16"}, {"lookahead": True}], ids=str)
def test_averages_are_found_inside_of_what_goes_around_the_optimizer(tmp_path, around):
    """Where they end up in the model, and in what validation measures.

    The first steps in float16 find too large a scale, and are skipped.
    """
    model, history = run(tmp_path, epochs=3, ema_momentum=0.999, optimizer="sgd", **around)
    with np.load(tmp_path / CHECKPOINT) as file:
        weights = [file[f"model/{i:04d}"] for i in range(len(model.weights))]
    for average, weight in zip(model.get_weights(), weights, strict=True):
        assert not np.array_equal(average, weight)
    with dtype_policy(around.get("precision", "float32")):
        assert history["val_loss"][-1] == pytest.approx(model.evaluate(Batches(99), verbose=0))


def test_infinite_gradients_in_float16_skip_the_step_and_lower_the_scale(tmp_path):
    def batches(epoch):
        return Batches(epoch, n_batches=1, value=3000.0)

    with dtype_policy("mixed_float16"):
        model = dropout_model()
        before = model.get_weights()
        train(model, batches, epochs=1, directory=tmp_path, verbose=0, jit_compile=False)
    # Gradients of thousands times the scale that Keras begins with, 32,768, are not finite.
    assert float(model.optimizer.dynamic_scale) == 2.0**14
    assert int(model.optimizer.iterations) == 0
    for ours, theirs in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    "options, norm",
    [
        ({}, 1.0),  # the default limit
        ({"clip_norm": 2.0}, 2.0),
        ({"clip_value": 1e9}, None),
        ({"clip_norm": None}, None),
    ],
    ids=str,
)
def test_clipping(tmp_path, options, norm):
    """With plain gradient descent the step is the learning rate times the clipped gradient."""
    model = dropout_model()
    before = model.get_weights()

    def batches(epoch):
        return Batches(epoch, n_batches=1, value=1000.0)

    options = {"schedule": "constant", "learning_rate": 1e-3, **options}
    train(model, batches, epochs=1, directory=tmp_path, optimizer="sgd", verbose=0, **options)
    moved = [after - b for after, b in zip(model.get_weights(), before, strict=True)]
    step = np.sqrt(sum(np.sum(m**2) for m in moved))
    assert step == pytest.approx(1e-3 * norm, rel=1e-3) if norm else step > 0.1


def test_schedules_know_the_length_of_epochs_and_of_the_run(tmp_path):
    rates = {"learning_rate": 1e-2, "warmup_steps": 0}
    falls = run(tmp_path / "e", schedule="exponential", decay_rate=0.5, epochs=2, **rates)[1]
    # Three batches an epoch; the rate that is logged is that of the next update.
    assert falls["learning_rate"] == pytest.approx([5e-3, 2.5e-3])
    cosine = run(tmp_path / "c", schedule="cosine", final=0.1, epochs=2, **rates)[1]
    assert cosine["learning_rate"] == pytest.approx([(1e-2 + 1e-3) / 2, 1e-3])


def test_options_beside_a_ready_made_optimizer_are_refused(tmp_path):
    optimizer = optimizers.get("adam")
    with pytest.raises(ValueError, match="`clip_norm` belongs to the `optimizer` that is given"):
        run(tmp_path, optimizer=optimizer, clip_norm=1.0)
    with pytest.raises(ValueError, match="`rho` is no option of adam"):
        run(tmp_path, rho=0.9)


def test_length_that_is_not_known_is_asked_for(tmp_path):
    class Endless(keras.utils.PyDataset):
        def cardinality(self):
            return -2

    with pytest.raises(ValueError, match="exponential schedule needs `steps_per_epoch`"):
        train(dropout_model(), Endless(), epochs=1, directory=tmp_path, schedule="exponential")

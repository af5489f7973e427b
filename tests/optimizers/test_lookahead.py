import keras
import numpy as np
import pytest

from jax_process import run_on_jax
from keras_speech.optimizers import Lookahead, RectifiedAdam
from optimizers.test_rectified_adam import X, Y, check_fit, steps

SGD = keras.optimizers.SGD


def test_every_period_goes_back_by_its_share():
    found = steps(Lookahead(SGD(0.1), sync_period=3, slow_step_size=0.25), np.ones(6))
    # fast: -0.1, -0.2, -0.3; slow: 0.25 * -0.3 = -0.075, and the same way again from there
    np.testing.assert_allclose(found, [-0.1, -0.2, -0.075, -0.175, -0.275, -0.15], atol=1e-6)


def test_a_step_size_of_one_changes_nothing():
    gradients = np.random.default_rng(0).normal(size=20)
    found = steps(Lookahead(SGD(0.1, momentum=0.9), slow_step_size=1.0), gradients)
    np.testing.assert_allclose(found, steps(SGD(0.1, momentum=0.9), gradients), atol=1e-6)


def test_gathered_gradients_count_once_per_update():
    gradients = np.random.default_rng(0).normal(size=12)
    gathered = steps(Lookahead(SGD(0.1, gradient_accumulation_steps=2), 3), gradients)
    means = gradients.reshape(6, 2).mean(1)
    np.testing.assert_allclose(gathered[1::2], steps(Lookahead(SGD(0.1), 3), means), atol=1e-6)


def test_slow_weights_start_at_weights_loaded_after_the_build():
    weight = keras.Variable(np.zeros(1, "float32"))
    optimizer = Lookahead(SGD(0.1), sync_period=2)
    optimizer.build([weight])
    weight.assign([10.0])
    for _ in range(2):
        optimizer.apply([keras.ops.ones(1)], [weight])
    np.testing.assert_allclose(weight, [9.9], atol=1e-6)  # 10 + (9.8 - 10) / 2


def test_learning_rate_is_that_of_the_optimizer_inside():
    optimizer = Lookahead(SGD(0.5))
    optimizer.learning_rate = 0.25
    assert float(optimizer.learning_rate) == float(optimizer.optimizer.learning_rate) == 0.25


# Without XLA it is also fitted below, and goes on from a file.
@pytest.mark.parametrize("jit_compile", [pytest.param(False, marks=pytest.mark.slow), True])
def test_fit_lowers_the_loss(jit_compile):
    check_fit(lambda: Lookahead(RectifiedAdam(0.1)), jit_compile)


def test_fit_lowers_the_loss_on_jax():
    """With what is inside, and by that alone."""
    run_on_jax(
        "from optimizers import test_lookahead as t\n"
        "t.check_fit(lambda: t.Lookahead(t.RectifiedAdam(0.1)), True)\n"
        "t.check_fit(lambda: t.RectifiedAdam(0.05, amsgrad=True), True)"
    )


def test_fit_lowers_the_loss_in_float16():
    """Keras puts an optimizer that scales losses around it."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = check_fit(lambda: Lookahead(keras.optimizers.Adam(0.1)), False)
    finally:
        keras.config.set_dtype_policy(before)
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)


def test_loss_scale_of_the_optimizer_inside_is_kept():
    plain = check_fit(lambda: Lookahead(SGD(0.05)), False)
    scaled = check_fit(lambda: Lookahead(SGD(0.05, loss_scale_factor=64.0)), False)
    for a, b in zip(scaled.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_training_goes_on_from_a_keras_file(tmp_path):
    model = check_fit(lambda: Lookahead(RectifiedAdam(0.1), 7, 0.4), False)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert loaded.optimizer.get_config() == model.optimizer.get_config()
    for trained in (model, loaded):
        trained.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_a_name_makes_the_optimizer_inside():
    assert isinstance(Lookahead("adam").optimizer, keras.optimizers.Adam)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"sync_period": 0}, "`sync_period` must be at least 1. Received: sync_period=0"),
        ({"slow_step_size": 0.0}, r"`slow_step_size` must be in \(0, 1\]. Received: .*=0.0"),
        ({"slow_step_size": 1.5}, r"`slow_step_size` must be in \(0, 1\]. Received: .*=1.5"),
    ],
)
def test_impossible_settings_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Lookahead(SGD(0.1), **arguments)

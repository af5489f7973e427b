"""Optimizers by name do what they are told, and refuse what they have no use for."""

import keras
import numpy as np
import pytest

from keras_speech import optimizers


def steps_of(optimizer, gradients, start=(1.0, -2.0)):
    """Returns the weights after a step along each of `gradients`."""
    weight = keras.Variable(np.array(start, "float32"))
    for gradient in gradients:
        optimizer.apply([np.array(gradient, "float32")], [weight])
    return keras.ops.convert_to_numpy(weight)


@pytest.mark.parametrize("name", list(optimizers.OPTIMIZERS))
def test_every_name_lowers_a_loss_and_is_read_back_equal(name):
    """The loss is the squared distance to 0."""
    optimizer = optimizers.get(name, 0.05, schedule="exponential", decay_steps=5)
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(optimizer))
    found = []
    for each in (optimizer, copy):
        weight = keras.Variable(np.array([[1.0, -2.0]], "float32"))
        for _ in range(3):
            each.apply([2 * weight.value], [weight])
        found.append(keras.ops.convert_to_numpy(weight))
    assert np.sum(found[0] ** 2) < 5
    np.testing.assert_array_equal(*found)


def test_every_optimizer_of_keras_has_a_name():
    """But for those that go around others, and one whose weights are not the ones to evaluate."""
    kinds = {
        each
        for each in vars(keras.optimizers).values()
        if isinstance(each, type) and issubclass(each, keras.optimizers.Optimizer)
    }
    around = {"Optimizer", "LossScaleOptimizer", "MultiOptimizer", "ScheduleFreeAdamW"}
    missing = {kind.__name__ for kind in kinds} - {of for of, _ in optimizers.OPTIMIZERS.values()}
    assert missing <= around


def test_momentum_and_nesterov_are_their_closed_forms():
    gradients, rate, momentum = [[1.0, 0.5], [0.25, -1.0]], 0.1, 0.9
    velocity, plain, ahead = np.zeros(2), np.array([1.0, -2.0]), np.array([1.0, -2.0])
    for gradient in np.array(gradients):
        velocity = momentum * velocity - rate * gradient
        plain = plain + velocity
        ahead = ahead + momentum * velocity - rate * gradient
    np.testing.assert_allclose(steps_of(optimizers.get("momentum", 0.1), gradients), plain, 1e-6)
    np.testing.assert_allclose(steps_of(optimizers.get("nesterov", 0.1), gradients), ahead, 1e-6)
    less = steps_of(optimizers.get("momentum", 0.1, momentum=0.0), gradients)
    np.testing.assert_allclose(less, steps_of(optimizers.get("sgd", 0.1), gradients), 1e-6)


@pytest.mark.parametrize(
    "clip, expected",
    [
        # Gradients (3, 4) and (0, 12): norms 5 and 12, together 13.
        ({"clip_norm": 6.5}, [(1.5, 2.0), (0.0, 6.0)]),
        ({"clip_each_norm": 6.0}, [(3.0, 4.0), (0.0, 6.0)]),
        ({"clip_value": 3.5}, [(3.0, 3.5), (0.0, 3.5)]),
        ({}, [(3.0, 4.0), (0.0, 12.0)]),
    ],
    ids=str,
)
@pytest.mark.parametrize("lookahead", [False, True])
def test_clipping_by_all_by_each_and_by_value(clip, expected, lookahead):
    weights = [keras.Variable(np.zeros(2, "float32")) for _ in range(2)]
    gradients = [np.array([3.0, 4.0], "float32"), np.array([0.0, 12.0], "float32")]
    optimizers.get("sgd", 1.0, lookahead=lookahead, **clip).apply(gradients, weights)
    for weight, step in zip(weights, expected, strict=True):
        np.testing.assert_allclose(keras.ops.convert_to_numpy(weight), -np.array(step), 1e-6)


def test_weight_decay_and_lookahead():
    # Without a gradient, only decay moves the weights: by rate times share of them.
    found = steps_of(optimizers.get("adam", 0.1, weight_decay=0.5), [[0.0, 0.0]])
    np.testing.assert_allclose(found, [0.95, -1.9], 1e-6)
    # Six steps of 0.1, of which slow weights go half the way.
    found = steps_of(optimizers.get("sgd", 0.1, lookahead=True), [[1.0, 0.0]] * 6)
    np.testing.assert_allclose(found, [1 - 0.3, -2.0], 1e-6)


@pytest.mark.parametrize(
    "name, options, message",
    [
        ("sdg", {}, "`name` must be one of sgd, momentum"),
        ("sgd", {"momentum": 0.9}, "`momentum` is no option of sgd, which has none"),
        ("adam", {"rho": 0.9}, "`rho` is no option of adam, which has beta_1, beta_2, epsilon"),
        ("lion", {"lerning_rate": 1}, "`lerning_rate` is no option of lion"),
        ("adam", {"clip_norm": 1, "clip_value": 1}, "exclude each other"),
        ("adam", {"clip_value": 0}, "`clip_value` must be a number above 0"),
        ("adam", {"ema_momentum": 1}, "`ema_momentum` must be between 0 and 1"),
        ("adam", {"weight_decay": -1}, "`weight_decay` must not be negative"),
        ("adam", {"schedule": "cosine"}, "needs `total_steps`"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(name, options, message):
    with pytest.raises(ValueError, match=message):
        optimizers.get(name, **options)

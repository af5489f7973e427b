"""Weights after each of twenty steps equal those of tensorflow-addons."""

import keras
import numpy as np
import pytest

from golden import addons_problem as problem
from golden.golden_files import assert_equal, load
from keras_speech.optimizers import Lookahead, RectifiedAdam

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam


@keras.saving.register_keras_serializable("test_optimizers")
class RiseAndFall(keras.optimizers.schedules.LearningRateSchedule):
    """What addons does with `total_steps=20, warmup_proportion=0.25, min_lr=1e-3`."""

    def __call__(self, step):
        step = keras.ops.cast(step, "float32") + 1.0
        return keras.ops.where(step <= 5, 0.05 * step / 5, 0.05 - 0.049 * (step - 5) / 15)


OURS = {
    "rectified_adam": lambda: RectifiedAdam(0.05),
    "rectified_adam_amsgrad": lambda: RectifiedAdam(
        0.05, beta_1=0.8, beta_2=0.99, epsilon=1e-3, amsgrad=True
    ),
    "rectified_adam_decay": lambda: RectifiedAdam(0.05, weight_decay=0.1),
    "rectified_adam_warmup": lambda: RectifiedAdam(RiseAndFall(), sma_threshold=4.5),
    "lookahead_sgd": lambda: Lookahead(SGD(0.1, momentum=0.9)),
    "lookahead_adam": lambda: Lookahead(Adam(0.05), sync_period=4, slow_step_size=0.8),
    "ranger": lambda: Lookahead(RectifiedAdam(0.05), sync_period=5),
}

KERAS = {
    "lamb": lambda: keras.optimizers.Lamb(0.05),
    # Keras multiplies the decay by the learning rate, addons does not.
    "adamw": lambda: keras.optimizers.AdamW(0.05, weight_decay=0.01 / 0.05),
    # Keras's averages begin with the weights after the first step, as with `start_step=1`.
    "moving_average_later": lambda: SGD(0.1, use_ema=True, ema_momentum=0.9),
}


def check(name):
    saved = load("optimizers")
    optimizer = {**OURS, **KERAS}[name]()
    variables = [keras.Variable(weight) for weight in problem.start()]
    to_numpy = keras.ops.convert_to_numpy
    for step in range(problem.N_STEPS):
        gradients = problem.gradients([to_numpy(v) for v in variables], step)
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients], variables)
        for i, variable in enumerate(variables):
            assert_equal(to_numpy(variable), saved[f"{name}/{i}"][step])
            if optimizer.use_ema:
                average = to_numpy(optimizer._model_variables_moving_average[i])
                assert_equal(average, saved[f"{name}/average_{i}"][step])


@pytest.mark.parametrize("name", {**OURS, **KERAS})
def test_weights_follow_those_of_addons(name):
    check(name)


def test_the_cases_reach_the_adaptive_steps():
    """The first five steps of rectified Adam are not adaptive, the others are."""
    moved = np.abs(np.diff(load("optimizers")["rectified_adam/1"], axis=0))
    assert moved[:4].max() > 3 * moved[4:].max()

"""Learning rates follow their closed forms."""

import math

import keras
import pytest

from keras_speech.training import WarmupInverseSquareRoot, learning_rate_schedule


@pytest.mark.parametrize(
    "step, expected",
    [(0, 1e-3 / 100), (49, 1e-3 * 50 / 100), (99, 1e-3), (399, 1e-3 * math.sqrt(100 / 400))],
)
def test_inverse_square_root(step, expected):
    schedule = WarmupInverseSquareRoot(1e-3, warmup_steps=100)
    assert float(schedule(step)) == pytest.approx(expected, rel=1e-5)


def test_inverse_square_root_config_round_trip():
    schedule = WarmupInverseSquareRoot(2e-3, warmup_steps=7)
    copy = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
    assert copy.get_config() == schedule.get_config()


def test_cosine_rises_then_falls_to_its_end():
    schedule = learning_rate_schedule("cosine", learning_rate=1e-2, total_steps=200, final=0.1)
    # A twentieth of 200 steps is the warm-up; the end is a tenth of the peak.
    assert float(schedule(0)) == 0.0
    assert float(schedule(10)) == pytest.approx(1e-2)
    # Half way: the mean of peak and end.
    assert float(schedule(105)) == pytest.approx((1e-2 + 1e-3) / 2)
    assert float(schedule(200)) == pytest.approx(1e-3)


def test_constant_is_a_number():
    assert learning_rate_schedule("constant", learning_rate=0.5) == 0.5


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"name": "triangle"}, "inverse_sqrt, cosine, exponential, constant"),
        ({"name": "cosine"}, "needs `total_steps`"),
    ],
    ids=str,
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        learning_rate_schedule(**arguments)

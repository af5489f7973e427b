"""Learning rates follow their closed forms, and survive being saved."""

import math

import keras
import numpy as np
import pytest

from keras_speech.optimizers import Warmup, WarmupInverseSquareRoot, learning_rate_schedule

STEPS = [0, 1, 9, 48, 49, 50, 99, 150, 199]


def inverse_sqrt(step, *, peak=2e-3, warmup=50):
    return peak * min((step + 1) / warmup, math.sqrt(warmup / (step + 1)))


def noam(step, *, channels=16, warmup=50):
    """As in the paper, whose step counts from 1."""
    step = step + 1
    return channels**-0.5 * min(step**-0.5, step * warmup**-1.5)


def constant(step, *, peak=2e-3, warmup=50):
    return peak * min((step + 1) / warmup, 1)


def exponential(step, *, peak=2e-3, warmup=50, rate=0.9, every=20):
    step = step + 1
    return peak * step / warmup if step < warmup else peak * rate ** ((step - warmup) / every)


def cosine(step, *, peak=2e-3, warmup=50, total=200, final=0.1):
    """Keras's, whose warm-up counts from 0."""
    if step < warmup:
        return peak * step / warmup
    share = min((step - warmup) / (total - warmup), 1)
    return peak * ((1 - final) * (1 + math.cos(math.pi * share)) / 2 + final)


FORMS = [
    (inverse_sqrt, dict(name="inverse_sqrt")),
    (noam, dict(name="inverse_sqrt", learning_rate=(16 * 50) ** -0.5)),
    (constant, dict(name="constant")),
    (exponential, dict(name="exponential", decay_rate=0.9, decay_steps=20)),
    (exponential, dict(name="exponential", decay_rate=0.9, steps_per_epoch=20)),
    (cosine, dict(name="cosine", total_steps=200, final=0.1)),
]


@pytest.mark.parametrize("form, options", FORMS, ids=lambda value: getattr(value, "__name__", ""))
def test_schedules_follow_their_closed_forms_also_when_read_back(form, options):
    schedule = learning_rate_schedule(**{"learning_rate": 2e-3, "warmup_steps": 50, **options})
    copy = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
    expected = [form(step) for step in STEPS]
    for each in (schedule, copy):
        found = [float(each(keras.ops.convert_to_tensor(step))) for step in STEPS]
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_without_warm_up_they_begin_at_the_highest_rate():
    assert learning_rate_schedule("constant", learning_rate=0.5) == 0.5
    falls = learning_rate_schedule("exponential", learning_rate=0.5, decay_steps=4, decay_rate=0.5)
    assert [float(falls(step)) for step in (0, 4, 8)] == [0.5, 0.25, 0.125]
    cosine = learning_rate_schedule("cosine", learning_rate=0.5, total_steps=8, warmup_steps=0)
    # Half way: the mean of peak and a hundredth of it.
    assert [float(cosine(step)) for step in (0, 4, 8)] == pytest.approx([0.5, 0.2525, 0.005])


def test_warm_up_of_a_short_cosine_is_a_twentieth_unless_it_is_given():
    schedule = learning_rate_schedule("cosine", learning_rate=1e-2, total_steps=200)
    assert float(schedule(10)) == pytest.approx(1e-2)
    schedule = learning_rate_schedule(
        "cosine", learning_rate=1e-2, total_steps=200, warmup_steps=99
    )
    assert float(schedule(99)) == pytest.approx(1e-2)


def test_step_beyond_what_32_bit_floats_count_is_no_step_back():
    schedule = WarmupInverseSquareRoot(1e-3, 1000)
    assert 0 < float(schedule(2**25)) <= float(schedule(2**24))


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"name": "triangle"}, "inverse_sqrt, cosine, exponential, constant"),
        ({"name": "cosine"}, "needs `total_steps`"),
        ({"name": "cosine", "total_steps": 9, "warmup_steps": 9}, "less than the steps of the who"),
        ({"name": "cosine", "total_steps": 9, "final": 2}, "`final` must be from 0 to 1"),
        ({"name": "exponential"}, "needs `decay_steps`"),
        ({"name": "exponential", "decay_steps": 9, "decay_rate": 0}, "`decay_rate` must be in"),
        ({"name": "constant", "decay_rate": 0.9}, "`decay_rate` is for 'exponential'"),
        ({"name": "inverse_sqrt", "final": 0.1}, "`final` is for 'cosine'"),
        ({"name": "inverse_sqrt", "warmup_steps": 0}, "`warmup_steps` must be at least 1"),
        ({"name": "constant", "warmup_steps": -1}, "`warmup_steps` must not be negative"),
        ({"name": "constant", "learning_rate": 0}, "`learning_rate` must be a number above 0"),
    ],
    ids=str,
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        learning_rate_schedule(**arguments)


def test_warm_up_of_nothing_is_refused():
    with pytest.raises(ValueError, match="`warmup_steps` must be at least 1"):
        Warmup(1e-3, 0)

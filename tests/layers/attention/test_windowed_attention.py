import numpy as np
import pytest

from attention_tools import VALUES, built, steps
from keras_speech.layers import WindowedAttention

INSIDE = ["bahdanau", "gmm", "location_sensitive", "luong_monotonic"]
every_inside = pytest.mark.parametrize("inside", INSIDE)


@every_inside
@pytest.mark.parametrize(("back", "ahead"), [(0, 1), (1, 3)])
def test_it_sees_the_window_only(inside, back, ahead):
    _, weights, _ = steps(built(WindowedAttention(inside, back=back, ahead=ahead)))
    last = np.zeros(2, int)
    for step in weights:
        for row in range(2):
            seen = np.arange(7)
            outside = (seen < last[row] - back) | (seen > last[row] + ahead)
            assert np.all(step[row, outside] == 0)
            if step[row].any():
                last[row] = step[row].argmax()


@every_inside
def test_a_window_of_everything_changes_nothing(inside):
    windowed = built(WindowedAttention(inside, back=7, ahead=7))
    for ours, plain in zip(steps(windowed)[:2], steps(windowed.attention)[:2], strict=True):
        np.testing.assert_array_equal(ours, plain)


@every_inside
def test_training_sees_everything(inside):
    windowed = built(WindowedAttention(inside, back=0, ahead=0))
    _, weights, _ = steps(windowed, training=True)
    np.testing.assert_array_equal(weights, steps(windowed.attention)[1])


def test_without_a_way_back_it_never_goes_back():
    _, weights, _ = steps(built(WindowedAttention("bahdanau", back=0, ahead=2)))
    assert np.all(np.diff(weights.argmax(axis=-1), axis=0) >= 0)
    assert np.all(weights.argmax(axis=-1) < VALUES.shape[1])


def test_a_negative_window_is_refused():
    with pytest.raises(
        ValueError, match="`ahead` must be a whole number from 0. Received: ahead=-1"
    ):
        WindowedAttention("bahdanau", ahead=-1)

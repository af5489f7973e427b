"""Whether a stop token would have ended a recording too early."""

import numpy as np
import pytest

from keras_speech.metrics import early_stop_probability


def test_the_greatest_probability_before_the_end_counts():
    logits = np.full(40, -5.0)
    logits[20] = -1.0
    logits[36:] = 8.0  # the last tenth: free to stop
    # 1 / (1 + e)
    assert early_stop_probability(logits) == pytest.approx(1 / (1 + np.e))
    assert early_stop_probability(logits, last=0.0) == pytest.approx(1 / (1 + np.exp(-8.0)))


def test_padding_is_ignored():
    logits = np.append(np.full(20, -3.0), np.full(30, 9.0))
    assert early_stop_probability(logits, 20) == pytest.approx(1 / (1 + np.exp(3.0)))


def test_extreme_logits_do_not_overflow():
    with np.errstate(all="raise"):
        assert early_stop_probability(np.array([-1e4, -1e4, 0.0])) == 0
        assert early_stop_probability(np.array([1e4, 0.0, 0.0])) == 1
    assert early_stop_probability(np.array([9.0])) == 0  # the only step is the last


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((np.zeros((2, 3)),), r"`stop_logits` must be of shape \(steps,\)"),
        ((np.zeros(3), 4), "`n_steps` must be from 1 to 3. Received: n_steps=4"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        early_stop_probability(*arguments)


def test_last_must_be_a_share():
    with pytest.raises(ValueError, match=r"`last` must be in \[0, 1\). Received: last=1"):
        early_stop_probability(np.zeros(3), last=1)

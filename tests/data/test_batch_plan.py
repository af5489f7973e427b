"""Which recordings go into which batch."""

import numpy as np
import pytest

from keras_speech.data.batch_plan import plan_batches


@pytest.mark.parametrize("n, batch_size", [(1, 4), (4, 4), (10, 4), (103, 16)])
@pytest.mark.parametrize("shuffle", [False, True])
def test_every_recording_comes_once(n, batch_size, shuffle):
    lengths = np.arange(n) * 7 % 50 + 1
    plan = plan_batches(lengths, batch_size, seed=0, shuffle=shuffle)
    assert plan.shape == (-(-n // batch_size), batch_size)
    assert sorted(plan[plan >= 0]) == list(range(n))
    # One batch alone is smaller.
    assert ((plan < 0).any(axis=1)).sum() == (n % batch_size > 0)


def test_seed_and_epoch_decide_the_order():
    lengths = np.arange(50) + 100

    def plan(seed, epoch):
        return plan_batches(lengths, 8, seed=seed, epoch=epoch).tolist()

    assert plan(0, 0) == plan(0, 0)
    assert plan(0, 0) != plan(0, 1)
    assert plan(0, 0) != plan(1, 0)


def test_batches_hold_different_recordings_in_each_epoch():
    """It would not do to shuffle the order of batches that stay the same."""
    first, second = (plan_batches(np.arange(64) + 100, 8, seed=0, epoch=e) for e in (0, 1))
    assert not {frozenset(b) for b in first.tolist()} & {frozenset(b) for b in second.tolist()}


def test_equal_lengths_mix():
    plan = plan_batches(np.full(64, 100), 8, seed=0, spread=0.0)
    assert sorted(plan[0]) != list(range(8))


def test_bucketing_saves_padding():
    lengths = np.random.default_rng(0).gamma(4.0, 60.0, 1000).astype(int) + 50

    def padding(plan):
        longest = [lengths[batch[batch >= 0]].max() * (batch >= 0).sum() for batch in plan]
        return sum(longest) / lengths.sum() - 1

    assert padding(plan_batches(lengths, 16, seed=0)) < 0.15
    assert padding(plan_batches(lengths, 16, shuffle=False)) > 0.6


def test_unshuffled_keeps_the_order():
    assert plan_batches([5, 1, 3], 2, shuffle=False).tolist() == [[0, 1], [2, -1]]

"""Parts of batches: together the whole, apart from what would make them unequal."""

import numpy as np
import pytest

from keras_speech.data.batch_parts import Part
from keras_speech.data.batch_plan import plan_batches


@pytest.mark.parametrize("n_rows, count", [(24, 2), (25, 2), (23, 3), (26, 6), (5, 6), (30, 1)])
def test_parts_are_the_plan_divided(n_rows, count):
    plan = plan_batches(np.arange(10, 10 + n_rows), 6, seed=3, epoch=1)
    parts = [Part(index, count, 6) for index in range(count)]
    divided = [part(plan) for part in parts]
    whole = Part(None, count, 6)(plan)
    n_batches = parts[0].n_batches(n_rows, 6)
    assert {len(each) for each in [*divided, whole]} == {n_batches}
    for batch, *rows in zip(whole, *divided, strict=True):
        rows = [each[each >= 0] for each in rows]
        assert len({len(each) for each in rows}) == 1 and len(rows[0])
        assert sorted(np.concatenate(rows)) == sorted(batch[batch >= 0])
    left = whole[whole >= 0]
    assert len(set(left)) == len(left) and n_rows - len(left) < count


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((0, 0, 6), "`count` must be .*count=0"),
        ((2, 2, 6), "`index` must be .*index=2, count=2"),
        ((-1, 2, 6), "`index` must be"),
        ((0, 4, 6), "`batch_size` must be a multiple .*batch_size=6, count=4"),
    ],
    ids=str,
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Part(*arguments)

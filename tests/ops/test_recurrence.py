import numpy as np
import pytest
import tensorflow as tf

from keras_speech.ops import recurrence


def test_weight_gradient_is_the_sum_of_outer_products():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 3, 2)).astype("float32")
    g = rng.normal(size=(5, 3, 4)).astype("float32")
    expected = sum(np.outer(x[t, b], g[t, b]) for t in range(5) for b in range(3))
    np.testing.assert_allclose(recurrence.weight_gradient(x, g), expected, rtol=1e-5, atol=1e-5)


def test_shifted_gives_each_step_what_came_before():
    x = np.arange(1.0, 5.0, dtype="float32")
    np.testing.assert_array_equal(recurrence.shifted(x), [0, 1, 2, 3])


@pytest.mark.parametrize("reverse", [False, True])
def test_scan_of_unknown_length_stacks_outputs_of_their_own_shape(reverse):
    @tf.function(
        input_signature=[tf.TensorSpec([None, 2]), tf.TensorSpec([None]), tf.TensorSpec([])]
    )
    def run(x, y, start):
        def step(carry, row):
            total = carry[0] + row[1]
            return (total,), (row[0] * total,)

        return recurrence.scan(step, (start,), (x[0],), (x, y), reverse=reverse)

    x = np.arange(8, dtype="float32").reshape(4, 2)
    y = np.array([1, 2, 3, 4], dtype="float32")
    (last,), (stacked,) = run(x, y, 0.0)
    totals = np.cumsum(y[::-1])[::-1] if reverse else np.cumsum(y)
    assert last == 10.0
    np.testing.assert_array_equal(stacked, x * totals[:, None])


def test_per_step_puts_constants_and_rows_together():
    rows, at = recurrence.per_step((0.1, np.array([5, 6]), None))
    assert len(rows) == 1
    assert at([rows[0][1]]) == (0.1, 6, None)

import numpy as np
import pytest

from keras_speech.layers import LocationSensitiveAttention

RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(2, 6, 8)).astype("float32")
MASK = np.arange(6)[None] < np.array([[6], [4]])


def make():
    attention = LocationSensitiveAttention(units=5, filters=3, kernel_size=3)
    attention.build((2, 4), VALUES.shape)
    return attention, attention.prepare(VALUES, MASK)


def test_the_state_holds_the_last_and_the_summed_weights():
    attention, memory = make()
    state, total = attention.initial_state(memory), 0
    for _ in range(3):
        query = RNG.normal(size=(2, 4)).astype("float32")
        context, weights, state = attention.step(query, memory, state)
        total = total + np.asarray(weights)
        np.testing.assert_allclose(np.sum(weights, axis=-1), 1.0, atol=1e-6)
        assert np.all(np.asarray(weights)[1, 4:] == 0)
        expected = np.einsum("bn,bnc->bc", weights, VALUES)
        np.testing.assert_allclose(context, expected, atol=1e-5)
    np.testing.assert_array_equal(state[0], weights)
    np.testing.assert_allclose(state[1], total, atol=1e-6)


def test_where_it_looked_before_changes_where_it_looks():
    attention, memory = make()
    query = np.zeros((2, 4), "float32")
    nowhere = attention.initial_state(memory)
    first = np.eye(6, dtype="float32")[[0, 0]]
    _, fresh, _ = attention.step(query, memory, nowhere)
    _, later, _ = attention.step(query, memory, (first, first))
    assert np.abs(np.asarray(fresh - later)).max() > 1e-3


def test_an_even_kernel_is_refused():
    with pytest.raises(ValueError, match="`kernel_size` must be odd. Received: kernel_size=30"):
        LocationSensitiveAttention(kernel_size=30)

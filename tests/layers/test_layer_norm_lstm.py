import keras
import numpy as np
import pytest

from keras_speech.layers import AttentionRNN, LayerNormLSTM

X = np.random.default_rng(0).normal(size=(2, 6, 4)).astype("float32")


def test_step_equals_call():
    layer = LayerNormLSTM(5)
    whole = np.asarray(layer(X))
    state = layer.initial_state(2)
    for t in range(6):
        output, state = layer.step(X[:, t], state)
        np.testing.assert_allclose(output, whole[:, t], atol=1e-6)


def test_the_past_does_not_see_the_future():
    layer = LayerNormLSTM(5)
    before = np.asarray(layer(X))
    changed = X.copy()
    changed[:, 3:] += 1.0
    after = np.asarray(layer(changed))
    np.testing.assert_allclose(after[:, :3], before[:, :3], atol=1e-6)
    assert np.abs(after[:, 3:] - before[:, 3:]).max() > 1e-2


def test_inputs_of_any_size_give_the_same_output():
    """What normalization is for: the kernel's share of the gates keeps its spread."""
    layer = LayerNormLSTM(5, epsilon=1e-8)
    np.testing.assert_allclose(layer(100 * X), layer(X), atol=1e-4)


def test_reverse_reads_each_row_from_its_own_end():
    layer = LayerNormLSTM(5)
    mask = np.arange(6)[None] < np.array([[6], [3]])
    both = np.asarray(layer(X, mask=mask, reverse=True))
    alone = np.asarray(layer(X[1:, 2::-1]))[:, ::-1]
    np.testing.assert_allclose(both[1, :3], alone[0], atol=1e-6)


def test_it_serves_as_the_cell_of_an_attention():
    layer = AttentionRNN(LayerNormLSTM(5), "bahdanau")
    outputs, _, weights = layer(X, X[:, :3])
    assert outputs.shape == (2, 6, 5)
    np.testing.assert_allclose(np.sum(weights, axis=-1), 1.0, atol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_it_trains(jit_compile):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((None, 4)), LayerNormLSTM(8), keras.layers.Dense(4)])
    model.compile(keras.optimizers.Adam(3e-2), loss="mse", jit_compile=jit_compile)
    # Else Keras makes the graph of a step twice.
    model.optimizer.build(model.trainable_variables)
    losses = model.fit(X, np.tanh(X), epochs=60, verbose=0).history["loss"]
    assert np.isfinite(losses).all() and losses[-1] < 0.3 * losses[0]


def test_no_epsilon_is_refused():
    with pytest.raises(ValueError, match="`epsilon` must be above 0. Received: epsilon=0"):
        LayerNormLSTM(5, epsilon=0)

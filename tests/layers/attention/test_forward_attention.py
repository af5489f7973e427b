import numpy as np
import pytest

from attention_tools import MASK, QUERIES, VALUES, built, sigmoid, softmax, steps, weight
from keras_speech.layers import ForwardAttention


@pytest.mark.parametrize("transition_agent", [False, True])
def test_weights_are_those_of_the_paths_that_stay_or_go_on(transition_agent):
    layer = built(ForwardAttention(5, transition_agent=transition_agent, agent_units=3))
    contexts, weights, _ = steps(layer)
    keys = VALUES @ weight(layer, "memory_kernel")
    before, go_on = np.eye(7)[[0, 0]], np.full((2, 1), 0.5)
    for query, context, found in zip(QUERIES, contexts, weights, strict=True):
        hidden = np.tanh((query @ weight(layer, "query_kernel"))[:, None] + keys)
        y = softmax((hidden @ weight(layer, "score_kernel"))[:, :, 0], MASK)
        one_further = np.concatenate([np.zeros((2, 1)), before[:, :-1]], axis=1)
        expected = ((1 - go_on) * before + go_on * one_further) * y
        expected /= expected.sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(found, expected, atol=1e-5)
        before = expected
        if transition_agent:
            seen = np.concatenate([context, query], axis=-1)
            hidden = np.tanh(seen @ weight(layer, "agent_kernel") + weight(layer, "agent_bias"))
            go_on = sigmoid(
                hidden @ weight(layer, "agent_dense") + weight(layer, "agent_dense_bias")
            )


def test_it_goes_on_by_one_place_at_most():
    _, weights, _ = steps(built(ForwardAttention(5)))
    for t in range(7):
        assert np.all(weights[t, 0, t + 2 :] == 0)


def test_no_weight_is_lost_where_energies_lie_far_apart():
    """Formed by products, the weights would be 0 / 0 here."""
    layer = built(ForwardAttention(5, transition_agent=False))
    layer.score_kernel.assign(1e4 * np.ones((5, 1)))
    _, weights, _ = steps(layer)
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, atol=1e-5)

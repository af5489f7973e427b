"""What every attention keeps, whatever its mechanism."""

import json

import keras
import numpy as np
import pytest

from attention_tools import LENGTHS, MASK, QUERIES, VALUES, built, steps
from keras_speech.layers import attention

NAMES = sorted(attention.registry.NAMES)
# These sum to 1; the monotonic ones to 1 at most, that of Gaussians to what lies inside the text.
SUM_TO_ONE = {
    "bahdanau", "dynamic_convolution", "forward", "location_sensitive", "luong", "windowed",
}  # fmt: skip
every_attention = pytest.mark.parametrize("name", NAMES)


@every_attention
def test_weights_are_shares_and_zero_on_padding(name):
    contexts, weights, _ = steps(built(attention.get(name, units=6)))
    totals = weights.sum(axis=-1)
    assert np.all(weights >= 0) and np.all(weights[:, ~MASK] == 0)
    if name in SUM_TO_ONE:
        np.testing.assert_allclose(totals, 1.0, atol=1e-5)
    else:
        assert np.all(totals < 1 + 1e-5)
    np.testing.assert_allclose(contexts, np.einsum("tbn,bnc->tbc", weights, VALUES), atol=1e-5)


@every_attention
def test_padding_changes_nothing(name):
    layer = built(attention.get(name, units=6))
    contexts, weights, _ = steps(layer)
    longer = np.pad(VALUES, [(0, 0), (0, 3), (0, 0)], constant_values=5.0)
    longer[1, LENGTHS[1] :] = -7.0
    padded_contexts, padded_weights, _ = steps(
        layer, values=longer, mask=np.pad(MASK, [(0, 0), (0, 3)])
    )
    np.testing.assert_allclose(padded_contexts, contexts, atol=1e-5)
    np.testing.assert_allclose(padded_weights[:, :, :7], weights, atol=1e-5)


@every_attention
def test_the_state_keeps_its_shapes_and_dtypes(name):
    for policy in ("float32", "mixed_bfloat16"):
        layer = built(attention.get(name, units=6, dtype=policy))
        contexts, weights, states = steps(layer, queries=QUERIES[:2])
        assert contexts.dtype == weights.dtype
        kinds = [
            [(tuple(x.shape), keras.backend.standardize_dtype(x.dtype)) for x in
             keras.tree.flatten(state)] for state in states
        ]  # fmt: skip
        assert kinds[0] == kinds[1] == kinds[2]


@every_attention
def test_half_precision_stays_close(name):
    """Weights of bfloat16, whose numbers have 8 bits, near those of float32."""
    exact, half = (
        built(attention.get(name, units=6, dtype=policy), spread=1.0)
        for policy in ("float32", "mixed_bfloat16")
    )
    half.set_weights(exact.get_weights())
    _, weights, _ = steps(exact)
    _, half_weights, _ = steps(half)
    np.testing.assert_allclose(half_weights.astype("float32"), weights, atol=0.1)


@every_attention
def test_a_layer_made_from_its_config_is_the_same_layer(name):
    layer = built(attention.get(name, units=6))
    config = json.loads(json.dumps(attention.serialize(layer)))
    copy = built(attention.get(config), spread=1.0)
    copy.set_weights(layer.get_weights())
    for ours, theirs in zip(steps(layer)[:2], steps(copy)[:2], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert attention.serialize(copy) == attention.serialize(layer)


def test_a_layer_is_taken_as_it_is():
    layer = attention.LuongAttention()
    assert attention.get(layer) is layer


@keras.saving.register_keras_serializable("test_contract")
class Uniform(attention.AttentionMechanism):
    """An attention of somebody's own."""

    def build_weights(self, query_channels, value_channels):
        pass

    def align(self, query, memory, state, training, noise):
        mask = np.asarray(memory[-1], "float32")
        return mask / mask.sum(axis=-1, keepdims=True), state


def test_attentions_of_ones_own_keep_the_contract():
    _, weights, _ = steps(attention.get(attention.serialize(Uniform())))
    np.testing.assert_allclose(weights[0, 1, :4], 0.25)


@pytest.mark.parametrize(
    "identifier",
    ["sensitive", 3, {"class_name": "Dense", "config": {}}, {"config": {}}, {"class_name": "X"}],
)
def test_an_unknown_attention_is_named(identifier):
    with pytest.raises(ValueError, match="`attention` must be one of bahdanau, .* Received: att"):
        attention.get(identifier)

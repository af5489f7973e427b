"""Attentions equal those of tensorflow-addons."""

import numpy as np
import pytest

from golden.golden_files import assert_equal, below, load
from keras_speech import layers

UNITS = 4

# What addons calls our weights.
NAMES = {
    "query_kernel": "query_kernel",
    "memory_kernel": "memory_kernel",
    "score_kernel": "attention_v",
    "score_scale": "attention_g",
    "bias": "attention_b",
    "score_bias": "attention_score_bias",
}

KINDS = sorted(key.removesuffix("/found") for key in load("attention") if key.endswith("/found"))


def with_weights(attention, saved):
    attention.build((None, UNITS), (None, None, 6))
    for weight in attention.trainable_weights:
        weight.assign(saved[NAMES[weight.name]].reshape(weight.shape))
    return attention


def made(kind):
    """The layer of ours for a kind such as `luong_scaled_monotonic_hard`."""
    name, _, mode = kind.partition("_monotonic_")
    family, _, refined = name.partition("_")
    arguments = {"mode": mode} if mode else {}
    if family == "luong":
        found = layers.LuongMonotonicAttention if mode else layers.LuongAttention
        return found(scale=bool(refined), **arguments)
    found = layers.BahdanauMonotonicAttention if mode else layers.BahdanauAttention
    return found(UNITS, normalize=bool(refined), **arguments)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_equal_those_of_addons(kind):
    """At each of eight queries, the monotonic kinds going on from what they found."""
    saved = load("attention")
    attention = with_weights(made(kind), below(saved, kind))
    values, mask = saved["values"], np.arange(7) < saved["lengths"][:, None]
    memory = attention.prepare(values, mask)
    state = attention.initial_state(memory)
    for query, expected in zip(saved["queries"], saved[f"{kind}/found"], strict=True):
        context, weights, state = attention.step(query, memory, state)
        assert_equal(weights, expected)
        assert_equal(context, np.einsum("bn,bnc->bc", expected, values))


def test_the_cases_are_hard_enough():
    """Every monotonic case moves on, waits, and loses a row at its end."""
    saved = load("attention")
    for kind in (kind for kind in KINDS if "monotonic" in kind):
        found = saved[f"{kind}/found"]
        places = found.argmax(-1)
        assert len(np.unique(places)) >= 4 and (places[1:] == places[:-1]).any()
        assert found.sum(-1).min() < 0.2


def test_attention_rnn_is_the_attention_wrapper():
    """An LSTM that reads the last context, and asks with its output."""
    saved = load("attention_wrapper")
    lstm = layers.ZoneoutLSTM(UNITS)
    layer = layers.AttentionRNN(lstm, layers.BahdanauAttention(UNITS))
    inputs = saved["inputs"].transpose(1, 0, 2)
    layer.build(inputs.shape, saved["values"].shape)
    cell = below(saved, "lstm")
    bias = cell["bias"]
    lstm.set_weights([cell["kernel"], cell["recurrent_kernel"], bias, np.zeros_like(bias)])
    for weight in layer.attention.trainable_weights:
        expected = below(saved, "attention")[NAMES[weight.name]]
        weight.assign(expected.reshape(weight.shape))
    mask = np.arange(7) < saved["lengths"][:, None]
    results = layer(inputs, saved["values"], mask)
    for result, name in zip(results, ("outputs", "contexts", "found"), strict=True):
        assert_equal(result, saved[name].transpose(1, 0, 2))

import keras
import numpy as np
import pytest

from keras_speech import layers

CHUNK = 3


def inputs(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def stepped(attention, x, n_chunks, trimmed):
    """The outputs of causal self-attention step by step, through chunks that fill and are kept.

    `trimmed` shows each step the filled chunks alone; else it sees all room and must ignore it.
    """
    past = attention.initial_past(len(x), n_chunks, CHUNK)
    recent = attention.initial_recent(len(x), CHUNK)
    outputs = []
    for t in range(x.shape[1]):
        n, place = divmod(t, CHUNK)
        seen = [p[:n] for p in past] if trimmed else past
        output, recent = attention.self_step(x[:, t], seen, recent, n, place)
        outputs.append(np.asarray(output))
        if place == CHUNK - 1:
            past = attention.remember(past, recent, n)
    return np.stack(outputs, axis=1)


@pytest.mark.parametrize("trimmed", [True, False])
def test_steps_equal_causal_attention(trimmed):
    x = inputs(2, 8, 6)
    attention = layers.CachedMultiHeadAttention(2, 4, value_dim=5)
    parallel = attention(x, x, use_causal_mask=True)
    np.testing.assert_allclose(stepped(attention, x, 3, trimmed), parallel, atol=1e-5)


def test_attend_equals_call_on_a_masked_memory():
    query, values = inputs(2, 4, 6), inputs(2, 5, 7, seed=1)
    mask = np.arange(5) < np.array([[5], [3]])
    attention = layers.CachedMultiHeadAttention(2, 4, value_dim=3)
    outputs, weights = attention(
        query, values, attention_mask=mask[:, None], return_attention_scores=True
    )
    memory = attention.project(values)
    for t in range(4):
        output, step_weights = attention.attend(query[:, t], memory, mask[:, None])
        np.testing.assert_allclose(output, outputs[:, t], atol=1e-5)
        np.testing.assert_allclose(step_weights, weights[:, :, t], atol=1e-6)
    assert np.all(np.asarray(step_weights)[1, :, 3:] == 0)


def test_call_and_weights_are_keras_own():
    x = inputs(2, 4, 6)
    ours = layers.CachedMultiHeadAttention(2, 4)
    theirs = keras.layers.MultiHeadAttention(2, 4)
    ours.build(x.shape, x.shape)
    theirs.build(x.shape, x.shape)
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(ours(x, x), theirs(x, x), atol=1e-6)


def test_weights_sum_to_one_in_sixteen_bits():
    """Normalized in bfloat16, 300 weights summed to anything from 0.97 to 1.03."""
    query, values = inputs(2, 4, 6), inputs(2, 300, 6, seed=1)
    attention = layers.CachedMultiHeadAttention(2, 4, dtype="mixed_bfloat16")
    _, weights = attention(query, values, return_attention_scores=True)
    # Each weight is rounded to 8 bits by itself: by 2^-9 of it at most.
    total = np.asarray(keras.ops.cast(weights, "float32")).sum(axis=-1)
    np.testing.assert_allclose(total, 1.0, atol=2**-9)
    _, weights = attention.attend(query[:, 0], attention.project(values))
    total = np.asarray(keras.ops.cast(weights, "float32")).sum(axis=-1)
    np.testing.assert_allclose(total, 1.0, atol=2**-9)


def test_what_the_step_form_cannot_do_is_named():
    with pytest.raises(ValueError, match="`use_gate` must be left out"):
        layers.CachedMultiHeadAttention(2, 4, use_gate=True)

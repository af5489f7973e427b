"""Decoding token by token equals that of tensorflow-addons."""

import keras
import numpy as np

from golden.golden_files import assert_equal, below, load
from keras_speech.layers import ZoneoutLSTM
from keras_speech.ops import decoding

MAX_STEPS = 12
TEMPERATURE = 0.7


def speaker(saved):
    """Returns the LSTM and `step`, which reads a token and gives logits."""
    lstm, weights = ZoneoutLSTM(6), below(saved, "lstm")
    lstm.build((None, None, saved["embedding"].shape[1]))
    bias = weights["bias"]
    lstm.set_weights([weights["kernel"], weights["recurrent_kernel"], bias, np.zeros_like(bias)])

    def logits_of(output):
        return keras.ops.matmul(output, saved["dense/kernel"]) + saved["dense/bias"]

    def step(tokens, state):
        output, state = lstm.step(keras.ops.take(saved["embedding"], tokens, axis=0), state)
        return logits_of(output), state

    return lstm, logits_of, step


def log_softmax(logits):
    logits = logits.astype("float64") - logits.max(-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def decoded(function, **arguments):
    """Runs one of our functions on the golden problem; NumPy arrays."""
    saved = load("decoding")
    _, _, step = speaker(saved)
    found = function(
        step,
        (saved["h"], saved["c"]),
        np.full(len(saved["h"]), saved["start_token"], "int32"),
        end_token=int(saved["end_token"]),
        max_steps=MAX_STEPS,
        **arguments,
    )
    return {key: keras.ops.convert_to_numpy(value) for key, value in found.items()}


def check(found, expected):
    """Tokens, lengths and log-probabilities are those of addons up to each row's end."""
    np.testing.assert_array_equal(found["lengths"], expected["lengths"])
    # addons goes on with rows that have ended until all have; ours are padded.
    n_steps = expected["tokens"].shape[1]
    alive = np.arange(n_steps) < expected["lengths"][:, None]
    np.testing.assert_array_equal(found["tokens"][:, :n_steps] * alive, expected["tokens"] * alive)
    taken = np.take_along_axis(
        log_softmax(expected["logits"]), expected["tokens"][:, :, None].astype("int64"), axis=-1
    )[:, :, 0]
    assert_equal(found["log_probabilities"][:, :n_steps], np.where(alive, taken, 0.0))
    assert not found["log_probabilities"][:, n_steps:].any()


def noise_that_draws(expected):
    """Uniform numbers in the middle of the intervals that lead to the tokens of addons."""
    probabilities = np.exp(log_softmax(expected["logits"] / TEMPERATURE))
    tokens = expected["tokens"][:, :, None].astype("int64")
    ends = np.take_along_axis(probabilities.cumsum(-1), tokens, axis=-1)
    middle = ends - np.take_along_axis(probabilities, tokens, axis=-1) / 2
    noise = np.full((len(tokens), MAX_STEPS), 0.5, "float32")
    noise[:, : tokens.shape[1]] = middle[:, :, 0]
    return noise


def check_greedy():
    check(decoded(decoding.greedy_decode), below(load("decoding"), "greedy"))


def check_sample():
    """Given the numbers that lead to its draws: the generators behind them differ."""
    expected = below(load("decoding"), "sample")
    noise = noise_that_draws(expected)
    check(decoded(decoding.sample_decode, temperature=TEMPERATURE, noise=noise), expected)


def test_greedy_decode_is_the_greedy_embedding_sampler():
    check_greedy()


def test_sample_decode_is_the_sample_embedding_sampler():
    check_sample()


def test_a_whole_sequence_is_the_training_sampler():
    """`BasicDecoder` with given inputs needs no loop over steps: the layers take them at once."""
    saved = load("decoding")
    lstm, logits_of, _ = speaker(saved)
    state, rows = (saved["h"], saved["c"]), []
    for t in range(saved["fed/inputs"].shape[1]):
        output, state = lstm.step(saved["fed/inputs"][:, t], state)
        rows.append(logits_of(output))
    alive = np.arange(len(rows)) < saved["fed/lengths"][:, None]
    logits = np.stack([np.asarray(row) for row in rows], axis=1)
    assert_equal(logits[alive], saved["fed/logits"][alive])


def test_sequence_loss_is_the_weighted_cross_entropy():
    saved = load("decoding")
    alive = (np.arange(8) < saved["fed/lengths"][:, None]).astype("float32")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    total = loss(saved["fed/targets"], saved["fed/logits"], sample_weight=alive)
    assert_equal(total / alive.sum(), saved["fed/loss"])

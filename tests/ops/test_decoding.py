import keras
import numpy as np
import pytest

from keras_speech.ops import decoding

N, END = 6, 2
# Row i: how likely each token is after token i.
CHAIN = np.random.default_rng(0).dirichlet(np.ones(N), size=N).astype("float32")


def step(tokens, state):
    return keras.ops.log(keras.ops.take(CHAIN, tokens, axis=0)), state + 1


def run(function, start, max_steps=8, **arguments):
    start = np.asarray(start, "int32")
    state = np.zeros(len(start), "int32")
    found = function(step, state, start, end_token=END, max_steps=max_steps, **arguments)
    return {key: keras.ops.convert_to_numpy(value) for key, value in found.items()}


def naive(start, choose, max_steps=8):
    """Row by row in plain Python: tokens and their log-probabilities."""
    rows = []
    for row, token in enumerate(start):
        tokens, logs = [], []
        while len(tokens) < max_steps and (not tokens or token != END):
            chosen = choose(CHAIN[token], row, len(tokens))
            logs.append(np.log(CHAIN[token, chosen]))
            tokens.append(token := chosen)
        rows.append((tokens, logs))
    return rows


def assert_rows(found, rows, padding=0):
    for row, (tokens, logs) in enumerate(rows):
        n = len(tokens)
        assert found["lengths"][row] == n
        assert found["tokens"][row].tolist() == tokens + [padding] * (8 - n)
        np.testing.assert_allclose(found["log_probabilities"][row, :n], logs, atol=1e-5)
        assert not found["log_probabilities"][row, n:].any()


def test_greedy_takes_the_likeliest_until_the_end():
    found = run(decoding.greedy_decode, range(N), padding=5)
    assert_rows(found, naive(range(N), lambda p, *_: int(p.argmax())), padding=5)


def check_sample():
    noise = np.random.default_rng(1).uniform(size=(N, 8)).astype("float32")
    found = run(decoding.sample_decode, range(N), noise=noise)
    rows = naive(range(N), lambda p, row, t: int((p.cumsum() <= noise[row, t]).sum()))
    assert_rows(found, rows)
    assert len(set(found["lengths"].tolist())) > 2
    return run(decoding.sample_decode, range(N), seed=7)["tokens"].tolist()


def test_sample_draws_by_the_noise():
    check_sample()


def test_rows_do_not_depend_on_each_other():
    whole = run(decoding.sample_decode, range(N), seed=3)
    part = run(decoding.sample_decode, range(2), seed=3)
    for key in whole:
        np.testing.assert_allclose(whole[key][:2], part[key], atol=1e-6)


def test_tokens_come_as_often_as_they_are_likely():
    start = np.ones(4000, "int32")
    found = run(decoding.sample_decode, start, max_steps=1, temperature=2.0)
    expected = np.sqrt(CHAIN[1]) / np.sqrt(CHAIN[1]).sum()
    share = np.bincount(found["tokens"][:, 0], minlength=N) / 4000
    np.testing.assert_allclose(share, expected, atol=0.04)  # 5 sigma at 4,000 draws


def test_nucleus_leaves_out_the_unlikely():
    found = run(decoding.sample_decode, np.ones(500, "int32"), max_steps=1, top_p=0.3)
    likeliest = np.argsort(-CHAIN[1])
    kept = likeliest[: 1 + int((CHAIN[1][likeliest].cumsum() < 0.3).sum())]
    assert set(found["tokens"][:, 0].tolist()) == set(kept.tolist())


@pytest.mark.parametrize("jit_compile", [False, True])
def test_graphs_give_the_same(jit_compile):
    import tensorflow as tf  # the functions above run on JAX too, where there is none

    expected = run(decoding.greedy_decode, range(N))
    batch = N if jit_compile else None

    @tf.function(jit_compile=jit_compile, input_signature=[tf.TensorSpec([batch], "int32")])
    def function(start):
        state = tf.zeros_like(start)
        return decoding.greedy_decode(step, state, start, end_token=END, max_steps=8)

    found = function(tf.range(N))
    for key in expected:
        np.testing.assert_allclose(found[key], expected[key], atol=1e-5)


def test_it_stops_when_every_row_has_ended():
    called = []

    def counted(tokens, state):
        called.append(1)
        return keras.ops.one_hot(keras.ops.zeros_like(tokens) + END, N), state

    decoding.greedy_decode(counted, (), np.ones(2, "int32"), end_token=END, max_steps=50)
    assert len(called) == 1


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"max_steps": 0}, "`max_steps` must be at least 1. Received: max_steps=0"),
        ({"temperature": 0}, "`temperature` must be above 0. Received: temperature=0"),
        ({"top_p": 0.0}, r"`top_p` must be in \(0, 1\]. Received: top_p=0.0"),
    ],
)
def test_impossible_settings_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        run(decoding.sample_decode, range(2), **arguments)

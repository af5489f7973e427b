"""What the neural HMM says, and for how long."""

import functools

import numpy as np
import pytest

from keras_speech.models import NeuralHMMTTS
from tiny_neural_hmm import TINY, shuffled


def forced(model, said, tokens, seed, n_steps):
    """The teacher-forced form on what was said, with generation's noise."""
    n = model.reduction * n_steps
    rng = np.random.default_rng(seed)
    uniform = rng.random((48, 17), dtype="float32")[:n_steps, :16]
    lengths = np.array([tokens.shape[1]])
    states, has, _ = model.encode(tokens, lengths, training=False)
    frames, _, _ = model.steps(np.asarray(said["mel"])[:, :n], np.array([n]))
    past = model.decoder.past(frames, noise=uniform)
    return past, model.decoder.state_dense(states)


@pytest.mark.parametrize("reduction", [1, 3])
def test_steps_equal_the_teacher_forced_form(reduction):
    """Given its own frames, the parallel form has the means that generation said."""
    model = shuffled(NeuralHMMTTS(**dict(TINY, prenet_dropout=0.5, reduction=reduction)))
    tokens = np.array([[1, 5, 2, 8, 3]])
    said = model.generate(tokens, max_frames=48, seed=5)
    n_steps = int(said["lengths"][0]) // reduction
    past, states = forced(model, said, tokens, 5, n_steps)
    token = np.asarray(said["alignment"])[0].argmax(axis=1)[::reduction]
    mel = np.asarray(said["mel"])[0].reshape(-1, reduction * 6)
    for t in range(n_steps):
        # One of the token's two states made the frame.
        means = [
            np.asarray(model.decoder.parameters(past[0, t], states[0, 2 * token[t] + k])[0])
            for k in (0, 1)
        ]
        assert min(np.abs(mean - mel[t]).max() for mean in means) < 1e-4


def test_a_batch_equals_its_rows_one_by_one():
    model = shuffled(NeuralHMMTTS(**TINY, reduction=2, stateless_tokens=(3,)))
    rows = [[1, 5, 3, 8, 3, 6], [4, 4, 7, 0, 0, 0]]
    options = dict(max_frames=100, seed=1, temperature=0.5, sample_durations=True)
    together = model.generate(np.array(rows), **options)
    for i, row in enumerate(rows):
        alone = model.generate(np.array([[t for t in row if t]]), **options)
        n = int(alone["lengths"][0])
        assert n == int(together["lengths"][i])
        np.testing.assert_allclose(together["mel"][i, :n], alone["mel"][0, :n], atol=1e-4)


@functools.cache
def with_constant_leaving(probability, **shape):
    """A model whose states are all left with the same probability at each step."""
    model = NeuralHMMTTS(**dict(TINY, states_per_token=1, **shape))
    bias = model.decoder.output_bias.numpy()
    bias[-1] = np.log(probability / (1 - probability))
    model.decoder.output_bias.assign(bias)
    return model


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_each_state_lasts_the_quantile_of_its_duration(quantile):
    """A constant probability makes durations geometric: `d` is the first with
    `1 - (1 - p)^d >= quantile`."""
    model = with_constant_leaving(0.2)
    said = model.generate(np.array([[1, 2, 3]]), quantile=quantile)
    expected = int(np.ceil(np.log(1 - quantile) / np.log(0.8)))
    assert np.asarray(said["alignment"]).sum(axis=1)[0].tolist() == [expected] * 3


def test_speed_divides_long_durations_token_by_token():
    model = with_constant_leaving(0.02)  # median ln(0.5) / ln(0.98) = 34.3 steps: 35
    tokens = np.array([[1, 2, 3], [4, 5, 0]])
    by_token = np.array([[1.0, 2.0, 0.5], [4.0, 1.0, 1.0]])
    said = model.generate(tokens, speed=by_token)
    heard = np.asarray(said["alignment"]).sum(axis=1)
    assert heard.tolist() == [[35, 18, 69], [9, 35, 0]]
    by_row = model.generate(tokens, speed=[2.0, 0.5])
    assert np.asarray(by_row["alignment"]).sum(axis=1).tolist() == [[18] * 3, [69, 69, 0]]
    whole = model.generate(tokens, speed=2.0)
    assert np.asarray(whole["alignment"]).sum(axis=1).tolist() == [[18] * 3, [18, 18, 0]]


def test_sampled_durations_and_frames_have_the_model_s_moments():
    """Geometric with mean 1 / p = 4; standard normal frames, half as wide at temperature 0.5."""
    model = with_constant_leaving(0.25, std_floor=1e-6)
    tokens = np.tile([[1, 2, 3, 4, 5, 6, 7, 8]], (1, 40))
    said = model.generate(tokens, temperature=0.5, sample_durations=True, max_frames=4000)
    durations = np.asarray(said["alignment"]).sum(axis=1)[0]
    assert abs(durations.mean() - 4.0) < 4 * np.sqrt(12 / 320)  # standard error of 320 draws
    mel = np.asarray(said["mel"])[0, : int(said["lengths"][0])]
    assert abs(mel.std() - 0.5) < 0.02 and abs(mel.mean()) < 0.02


def test_a_row_that_does_not_end_is_cut():
    model = with_constant_leaving(0.01)
    said = model.generate(np.array([[1, 2], [1, 0]]), max_frames=75)
    assert np.asarray(said["lengths"]).tolist() == [75, 69]
    assert np.asarray(said["stopped"]).tolist() == [False, True]
    assert not np.asarray(said["alignment"])[1, 69:].any()


def test_the_seed_decides_the_sound():
    model = shuffled(NeuralHMMTTS(**dict(TINY, prenet_dropout=0.5)))
    tokens = np.array([[1, 2, 3]])
    a, b, c = (np.asarray(model.generate(tokens, max_frames=9, seed=s)["mel"]) for s in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    n = min(a.shape[1], c.shape[1])
    assert np.abs(a[:, :n] - c[:, :n]).max() > 1e-4


def test_speakers_sound_different_and_must_be_named():
    model = shuffled(NeuralHMMTTS(**TINY, n_speakers=3, speaker_channels=4))
    tokens = np.array([[1, 2, 3]])
    first, second = (
        np.asarray(model.generate(tokens, speaker=s, max_frames=6)["mel"]) for s in (0, 2)
    )
    assert np.abs(first[:, :3] - second[:, :3]).max() > 1e-4
    with pytest.raises(ValueError, match="`speaker` must be given"):
        model.generate(tokens)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"quantile": 1.0}, r"`quantile` must be in \(0, 1\). Received: quantile=1.0"),
        ({"temperature": -1}, "`temperature` must be a number from 0"),
        ({"speed": 5.0}, r"`speed` must be a number in \[0.25, 4.0\]"),
        ({"speed": [1.0, 2.0]}, "`speed` must be a number"),
        ({"max_frames": 0}, "`max_frames` must be a whole number from 1"),
        ({"speaker": 0}, "`speaker` must be None"),
        ({"seed": 0.5}, "`seed` must be a whole number"),
    ],
)
def test_bad_requests_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        NeuralHMMTTS(**TINY).generate(np.array([[1, 2, 3]]), **arguments)

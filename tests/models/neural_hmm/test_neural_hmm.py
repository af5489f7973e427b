import keras
import numpy as np
import pytest

from keras_speech.models import NeuralHMMTTS, neural_hmm_configs

TINY = dict(
    vocabulary_size=9, n_mels=6, encoder_channels=8, encoder_convolutions=1, encoder_dropout=0.0,
    prenet_units=(8, 8), prenet_dropout=0.0, lstm_units=16, hidden_units=16, std_floor=0.05,
)  # fmt: skip


def batch(n_tokens=5, n_frames=23, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "tokens": rng.integers(1, 9, (2, n_tokens)).astype("int32"),
        "token_lengths": np.array([n_tokens, n_tokens - 2], "int32"),
        "mel": rng.normal(size=(2, n_frames, 6)).astype("float32"),
        "mel_lengths": np.array([n_frames, n_frames - 4], "int32"),
    }


def spoken(durations, seed=0):
    """Frames that belong to tokens as `durations` say: each token has a sound of its own."""
    rng = np.random.default_rng(seed)
    sounds = rng.normal(size=(9, 6)).astype("float32")
    tokens = np.array([[1, 2, 3, 4, 5], [6, 7, 2, 0, 0]], "int32")
    n_frames = durations.sum(axis=1)
    mel = np.zeros((2, n_frames.max(), 6), "float32")
    for row in range(2):
        mel[row, : n_frames[row]] = np.repeat(sounds[tokens[row]], durations[row], axis=0)
    return {
        "tokens": tokens,
        "token_lengths": (durations > 0).sum(axis=1).astype("int32"),
        "mel": mel + 0.02 * rng.normal(size=mel.shape).astype("float32"),
        "mel_lengths": n_frames.astype("int32"),
    }


def padded(x, tokens=3, frames=5):
    """The same batch with more padding, and with nonsense in it."""
    longer = dict(x)
    longer["tokens"] = np.pad(x["tokens"], [(0, 0), (0, tokens)])
    longer["mel"] = np.pad(x["mel"], [(0, 0), (0, frames), (0, 0)])
    for row in range(2):
        longer["tokens"][row, x["token_lengths"][row] :] = 4
        longer["mel"][row, x["mel_lengths"][row] :] = -3.0
    return longer


def shuffled(model, seed=0):
    """Random numbers in the last layer, whose zeros make all states equal at first."""
    kernel = model.decoder.output_kernel
    kernel.assign(0.3 * np.random.default_rng(seed).normal(size=kernel.shape))
    return model


SHAPES = [
    dict(),
    dict(reduction=2, states_per_token=1),
    dict(reduction=3, states_per_token=2, stateless_tokens=(3, 5)),
]


def test_the_published_configuration_has_the_published_size():
    """15.3 million in the paper."""
    model = NeuralHMMTTS(148, **neural_hmm_configs.LJSPEECH)
    assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == 15_291_121


@pytest.mark.parametrize("shape", SHAPES)
def test_padding_changes_nothing(shape):
    model = shuffled(NeuralHMMTTS(**TINY, **shape))
    model.compile(keras.optimizers.SGD(0.0))
    x = batch(n_frames=41)
    short, long = model(x), model(padded(x))
    assert np.isfinite(short["log_likelihood"]).all()
    np.testing.assert_allclose(long["log_likelihood"], short["log_likelihood"], rtol=1e-5)
    for row in range(2):
        n, k = int(x["mel_lengths"][row]), int(x["token_lengths"][row])
        np.testing.assert_allclose(long["mel"][row, :n], short["mel"][row, :n], atol=1e-4)
        steps = n // model.reduction
        np.testing.assert_allclose(
            long["alignment"][row, :steps, :k], short["alignment"][row, :steps, :k], atol=1e-4
        )
        assert not np.any(np.asarray(long["alignment"])[row, :, k:])
    for method in ("test_on_batch", "train_on_batch"):
        losses = [getattr(model, method)(b, return_dict=True) for b in (x, padded(x))]
        np.testing.assert_allclose(losses[1]["loss"], losses[0]["loss"], rtol=1e-4)
    found = [model.align(**b) for b in (x, padded(x))]
    assert found[1][:, :5].tolist() == found[0].tolist()
    assert not found[1][:, 5:].any()


def test_the_loss_is_the_likelihood_per_frame_and_band():
    model = NeuralHMMTTS(**TINY)
    model.compile(keras.optimizers.SGD(0.0))
    x = batch()
    n = x["mel_lengths"].sum() * 6
    expected = -np.asarray(model(x)["log_likelihood"]).sum() / n
    logs = model.test_on_batch(x, return_dict=True)
    np.testing.assert_allclose([logs["loss"], logs["likelihood_loss"]], expected, rtol=1e-5)


def test_at_first_all_states_are_standard_normal():
    """With one state per row there is one path: log N(x; 0, 1), stay, stay, ..., leave."""
    model = NeuralHMMTTS(**dict(TINY, states_per_token=1, std_floor=1e-6))
    x = batch(n_tokens=3)
    x["token_lengths"] = np.array([1, 1], "int32")
    expected = [
        -0.5 * np.sum(x["mel"][row, :n] ** 2 + np.log(2 * np.pi))
        + (n - 1) * np.log(0.86)
        + np.log(0.14)
        for row, n in enumerate(x["mel_lengths"])
    ]
    np.testing.assert_allclose(model(x)["log_likelihood"], expected, rtol=1e-5)


def test_rows_that_no_path_explains_are_left_out_of_the_loss():
    model = NeuralHMMTTS(**TINY)
    model.compile(keras.optimizers.Adam(1e-3))
    x = batch(n_frames=12)
    x["mel_lengths"] = np.array([9, 8], "int32")  # 10 states need 10 frames
    assert np.isneginf(model(x)["log_likelihood"]).tolist() == [True, False]
    logs = model.train_on_batch(x, return_dict=True)
    assert np.isfinite(logs["loss"])
    assert all(np.isfinite(w).all() for w in model.get_weights())
    with pytest.raises(ValueError, match="9 steps of 1 frames for 10 states in row 0"):
        model.align(**x)


def trained(x, steps, **settings):
    keras.utils.set_random_seed(0)
    model = NeuralHMMTTS(**{**TINY, "lstm_units": 24, "hidden_units": 32, **settings})
    model.compile(keras.optimizers.Adam(1e-2, global_clipnorm=1.0))
    first = model.train_on_batch(x)[0]
    for _ in range(steps):
        model.train_on_batch(x)
        model.reset_metrics()
    return model, first


@pytest.mark.parametrize("shape", [dict(), dict(reduction=2, states_per_token=1)])
def test_one_batch_overfits(shape):
    """The likelihood rises, and the means along the best path are the frames."""
    x = spoken(np.array([[4, 6, 2, 8, 4], [6, 4, 8, 0, 0]], "int32"))
    model, first = trained(x, 200, **shape)
    assert first > 1.0 and model.test_on_batch(x)[0] < -1.0
    forced = np.asarray(model(x)["mel"])
    for row, n in enumerate(x["mel_lengths"]):
        assert np.abs(forced[row, :n] - x["mel"][row, :n]).mean() < 0.1


def test_planted_durations_are_found_from_texts_alone():
    """Frames that only their token explains, for the past is hidden in training; speech then goes
    from token to token with the sound of each."""
    durations = np.array([[4, 6, 2, 8, 4], [6, 4, 8, 0, 0]], "int32")
    x = spoken(durations)
    model, _ = trained(x, 150, data_dropout=1.0, reduction=2, states_per_token=1)
    # What was always zero in training shall not be heard afterwards either.
    model.decoder.prenet.dense[0].kernel.assign(np.zeros((6, 8)))
    assert model.align(**x).tolist() == durations.tolist()
    said = model.generate(x["tokens"], x["token_lengths"], max_frames=60)
    assert np.all(said["stopped"])
    np.testing.assert_allclose(np.asarray(said["alignment"]).sum(axis=1), durations, atol=2)
    for row, n in enumerate(said["lengths"]):
        token = np.asarray(said["alignment"])[row, :n].argmax(axis=1)
        first_frames = np.cumsum(durations[row]) - durations[row]
        sounds = x["mel"][row, first_frames[token]]
        assert np.abs(np.asarray(said["mel"])[row, :n] - sounds).mean() < 0.1


def test_stateless_tokens_get_no_frames():
    model = shuffled(NeuralHMMTTS(**TINY, stateless_tokens=(3,)))
    tokens = np.array([[1, 3, 2, 3], [3, 3, 3, 0]], "int32")
    mel = batch()["mel"]
    found = model.align(tokens, np.array([4, 3]), mel, np.array([23, 23]))
    assert (found[0] > 0).tolist() == [True, False, True, False]
    # A row of nothing else keeps its states: there must be some.
    assert (found[1] > 0).tolist() == [True, True, True, False]
    assert found.sum(axis=1).tolist() == [23, 23]
    said = model.generate(tokens, max_frames=400, quantile=0.1)
    heard = np.asarray(said["alignment"]).sum(axis=1)
    assert (heard > 0).tolist() == [[True, False, True, False], [True, True, True, False]]


def test_alignment_takes_every_token_and_every_frame():
    model = shuffled(NeuralHMMTTS(**TINY, reduction=2, states_per_token=1))
    x = batch()
    found = model.align(**x)
    assert found.sum(axis=1).tolist() == x["mel_lengths"].tolist() == [23, 19]
    for row, n in enumerate(x["token_lengths"]):
        assert (found[row, :n] > 0).all()


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


def test_data_dropout_acts_in_training_only():
    model = NeuralHMMTTS(**dict(TINY, data_dropout=0.5))
    x = batch()
    plain, _, _ = model.steps(x["mel"], x["mel_lengths"])
    np.testing.assert_allclose(plain[:, 1:20], x["mel"][:, :19], atol=1e-6)
    dropped, targets, _ = model.steps(x["mel"], x["mel_lengths"], training=True)
    gone = np.all(np.asarray(dropped) == 0, axis=-1)[:, 1:]
    assert 0.2 < gone.mean() < 0.8
    np.testing.assert_allclose(targets[0], x["mel"][0], atol=1e-6)


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
        ({"max_frames": 0}, "`max_frames` must be greater than 0"),
        ({"speaker": 0}, "`speaker` must be None"),
        ({"seed": 0.5}, "`seed` must be a whole number"),
    ],
)
def test_bad_requests_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        NeuralHMMTTS(**TINY).generate(np.array([[1, 2, 3]]), **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mel": np.zeros((2, 23, 5))}, r"`mel` must have the shape \(2, frames, 6\)"),
        ({"mel_lengths": [23, 24]}, "`mel_lengths` must hold one whole number per row"),
        ({"tokens": np.array([[9, 1], [1, 1]])}, "`tokens` must be in"),
    ],
)
def test_bad_recordings_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        NeuralHMMTTS(**TINY).align(**{**batch(), **arguments})


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="`reduction` must be a whole number from 1"):
        NeuralHMMTTS(**dict(TINY, reduction=0))
    with pytest.raises(ValueError, match=r"`stateless_tokens` must be whole numbers in \[1, 9\)"):
        NeuralHMMTTS(**dict(TINY, stateless_tokens=(0,)))
    with pytest.raises(ValueError, match="`channels \\* states_per_token` must be even"):
        NeuralHMMTTS(**dict(TINY, encoder_channels=7, states_per_token=1))

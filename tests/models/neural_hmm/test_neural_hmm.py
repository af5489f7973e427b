import keras
import numpy as np
import pytest

from keras_speech.models import NeuralHMMTTS, neural_hmm_configs
from tiny_neural_hmm import TINY, batch, shuffled


def spoken(n_rows, seed=0):
    """Rows of five of eight tokens, each with a sound of its own, and how long each lasts."""
    rng = np.random.default_rng(seed)
    sounds = rng.normal(size=(9, 6)).astype("float32")
    tokens = np.array([1 + rng.permutation(8)[:5] for _ in range(n_rows)], "int32")
    durations = 2 * rng.integers(1, 5, (n_rows, 5)).astype("int32")
    n_frames = durations.sum(axis=1).astype("int32")
    mel = np.zeros((n_rows, n_frames.max(), 6), "float32")
    for row in range(n_rows):
        mel[row, : n_frames[row]] = np.repeat(sounds[tokens[row]], durations[row], axis=0)
    x = {
        "tokens": tokens,
        "token_lengths": np.full(n_rows, 5, "int32"),
        "mel": mel + 0.02 * rng.normal(size=mel.shape).astype("float32"),
        "mel_lengths": n_frames,
    }
    return x, durations, sounds


def padded(x, tokens=3, frames=5):
    """The same batch with more padding, and with nonsense in it."""
    longer = dict(x)
    longer["tokens"] = np.pad(x["tokens"], [(0, 0), (0, tokens)])
    longer["mel"] = np.pad(x["mel"], [(0, 0), (0, frames), (0, 0)])
    for row in range(2):
        longer["tokens"][row, x["token_lengths"][row] :] = 4
        longer["mel"][row, x["mel_lengths"][row] :] = -3.0
    return longer


SHAPES = [
    dict(),
    pytest.param(dict(reduction=2, states_per_token=1), marks=pytest.mark.slow),
    dict(reduction=3, states_per_token=2, stateless_tokens=(3, 5)),
]


@pytest.mark.parametrize(
    ("config", "n_symbols", "n_parameters"),
    [
        (neural_hmm_configs.LJSPEECH, 148, 15_291_121),  # 15.3 million in the paper
        (neural_hmm_configs.SMALL, 60, 1_343_953),
    ],
)
def test_configurations_have_the_stated_size(config, n_symbols, n_parameters):
    c, lstm, hidden = config["encoder_channels"], config["lstm_units"], config["hidden_units"]
    n_mels, prenet = config["n_mels"], config["prenet_units"]
    embedding = n_symbols * c
    # Kernel, bias, and the normalization's scale and shift.
    convolution = config["encoder_kernel_size"] * c * c + 3 * c
    states = c * config["states_per_token"]
    # Four gates, a bias on the input's and one on the state's side; or a dense layer in its place.
    half = states // 2
    reader = 2 * 4 * half * (c + half + 2) if config["encoder_lstm"] else c * states + states
    bottleneck = n_mels * prenet[0] + prenet[0] * prenet[1]
    decoder = 4 * lstm * (prenet[1] + lstm + 2)
    joining = lstm * hidden + c * hidden + hidden
    # A mean and a deviation for each number of a step, and the probability of leaving.
    output = (hidden + 1) * (2 * n_mels * config["reduction"] + 1)
    derived = (
        embedding + config["encoder_convolutions"] * convolution + reader + bottleneck + decoder
        + joining + output + n_mels  # the frame before the first
    )  # fmt: skip
    model = NeuralHMMTTS(n_symbols, **config)
    counted = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    assert counted == derived == n_parameters


@pytest.mark.parametrize("shape", SHAPES)
def test_padding_changes_nothing(shape):
    model = shuffled(NeuralHMMTTS(**TINY, **shape))
    model.compile(keras.optimizers.SGD(0.0), run_eagerly=True)
    x = batch(n_frames=14 * model.reduction - 1)  # four steps more than states
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
    model.compile(keras.optimizers.SGD(0.0), run_eagerly=True)
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
    model.compile(keras.optimizers.Adam(1e-3), run_eagerly=True)
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


# The other shape learns in the test after this one, too.
@pytest.mark.parametrize(
    "shape",
    [dict(), pytest.param(dict(reduction=2, states_per_token=1), marks=pytest.mark.slow)],
)
def test_one_batch_overfits(shape):
    """The likelihood rises, and the means along the best path are the frames."""
    x, _, _ = spoken(2)
    # With deviations of the floor and no error: log(0.3) + log(2 pi) / 2 = -0.29.
    model, first = trained(x, 120, std_floor=0.3, **shape)
    assert first > 1.0 and model.test_on_batch(x)[0] < -0.1
    forced = np.asarray(model(x)["mel"])
    for row, n in enumerate(x["mel_lengths"]):
        assert np.abs(forced[row, :n] - x["mel"][row, :n]).mean() < 0.1


def test_planted_durations_are_found_from_texts_alone():
    """A model that hears no past and no neighbors can only learn what each token sounds like; it
    then speaks from token to token with these sounds."""
    x, durations, sounds = spoken(16)
    settings = dict(encoder_lstm=False, encoder_kernel_size=1, data_dropout=1.0)
    model, _ = trained(x, 100, reduction=2, states_per_token=1, **settings)
    assert model.align(**x).tolist() == durations.tolist()
    said = model.generate(x["tokens"], max_frames=60)
    assert np.all(said["stopped"])
    for row, n in enumerate(said["lengths"]):
        token = np.asarray(said["alignment"])[row, :n].argmax(axis=1)
        assert np.unique(token).tolist() == [0, 1, 2, 3, 4]
        heard = sounds[x["tokens"][row, token]]
        assert np.abs(np.asarray(said["mel"])[row, :n] - heard).mean() < 0.1


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


def test_data_dropout_acts_in_training_only():
    model = NeuralHMMTTS(**dict(TINY, data_dropout=0.5))
    x = batch()
    plain, _, _ = model.steps(x["mel"], x["mel_lengths"])
    np.testing.assert_allclose(plain[:, 1:20], x["mel"][:, :19], atol=1e-6)
    dropped, targets, _ = model.steps(x["mel"], x["mel_lengths"], training=True)
    gone = np.all(np.asarray(dropped) == 0, axis=-1)[:, 1:]
    assert 0.2 < gone.mean() < 0.8
    np.testing.assert_allclose(targets[0], x["mel"][0], atol=1e-6)


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


def test_a_changed_data_dropout_is_heard():
    """What was compiled for a model without a past is not kept for one that has it."""
    model, x = shuffled(NeuralHMMTTS(**dict(TINY, data_dropout=1.0)), seed=3), batch(n_frames=60)
    plain = model.generate(x["tokens"])["mel"]
    model.data_dropout = 0.0
    heard = model.generate(x["tokens"])["mel"]
    np.testing.assert_allclose(plain[:, 0], heard[:, 0], atol=1e-5)
    assert np.abs(np.asarray(plain[:, 1] - heard[:, 1])).max() > 1e-4

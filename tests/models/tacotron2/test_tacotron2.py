import keras
import numpy as np
import pytest

from keras_speech import Tacotron2, tacotron2_configs

TINY = dict(
    vocabulary_size=9, n_mels=6, encoder_channels=8, encoder_convolutions=1, prenet_units=(8, 8),
    attention_lstm_units=12, decoder_lstm_units=12, attention_units=6, attention_filters=4,
    attention_kernel_size=5, postnet_filters=8, postnet_layers=2,
)  # fmt: skip
STILL = dict(TINY, encoder_dropout=0.0, prenet_dropout=0.0, postnet_dropout=0.0, zoneout=0.0)


def batch(n_tokens=7, n_frames=13, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "tokens": rng.integers(1, 9, (2, n_tokens)).astype("int32"),
        "token_lengths": np.array([n_tokens, n_tokens - 2], "int32"),
        "mel": rng.normal(size=(2, n_frames, 6)).astype("float32"),
        "mel_lengths": np.array([n_frames, n_frames - 4], "int32"),
    }


def padded(x, tokens=3, frames=5):
    """The same batch with more padding, and with nonsense in it."""
    longer = dict(x)
    longer["tokens"] = np.pad(x["tokens"], [(0, 0), (0, tokens)], constant_values=3)
    longer["mel"] = np.pad(x["mel"], [(0, 0), (0, frames), (0, 0)], constant_values=2.0)
    for row in range(2):
        longer["tokens"][row, x["token_lengths"][row] :] = 4
        longer["mel"][row, x["mel_lengths"][row] :] = -3.0
    if "durations" in x:
        longer["durations"] = np.pad(x["durations"], [(0, 0), (0, tokens)])
    return longer


@pytest.fixture(scope="module")
def tiny():
    """No test changes it."""
    keras.utils.set_random_seed(0)
    return Tacotron2(**TINY)


def test_the_published_configuration_has_the_published_size():
    model = Tacotron2(148, **tacotron2_configs.LJSPEECH)
    assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == 28_193_153


@pytest.mark.parametrize("reduction", [1, 2, 3])
def test_padding_changes_nothing(reduction):
    model = Tacotron2(**dict(STILL, reduction=reduction))
    model.compile(keras.optimizers.SGD(0.0), run_eagerly=True)
    x = dict(batch(), durations=np.array([[3, 2, 2, 2, 2, 1, 1], [3, 2, 2, 1, 1, 0, 0]], "int32"))
    assert x["durations"].sum(axis=1).tolist() == x["mel_lengths"].tolist()
    short, long = model(x), model(padded(x))
    for row in range(2):
        n = x["mel_lengths"][row]
        np.testing.assert_allclose(long["mel"][row, :n], short["mel"][row, :n], atol=1e-4)
    losses = [model.test_on_batch(b, return_dict=True) for b in (x, padded(x))]
    for name, value in losses[0].items():
        np.testing.assert_allclose(losses[1][name], value, rtol=1e-4, err_msg=name)
    losses = [model.train_on_batch(b, return_dict=True) for b in (x, padded(x))]
    for name, value in losses[0].items():
        np.testing.assert_allclose(losses[1][name], value, rtol=1e-3, err_msg=name)


@pytest.mark.parametrize("reduction", [1, 3])
def test_steps_equal_the_teacher_forced_form(reduction):
    """Fed with its own frames, the parallel form says what generation said."""
    model = Tacotron2(**dict(TINY, reduction=reduction))
    tokens = np.array([[1, 5, 2, 8, 3]])
    said = model.generate(tokens, max_frames=24, stop_threshold=1.0, seed=5)
    values, mask = model.encode(tokens, np.array([5]), training=False)
    noise = np.random.default_rng(5).random((32, 16), dtype="float32")
    memory, state = (
        model.decoder.prepare(values, mask),
        model.decoder.initial_state(model.decoder.prepare(values, mask)),
    )
    frame, frames, weights = np.zeros((1, 6), "float32"), [], []
    for t in range(24 // reduction):
        (mel, _, w), state = model.decoder.step(frame, memory, state, noise=noise[t])
        frame = mel[:, -1]
        frames.append(np.asarray(mel))
        weights.append(np.asarray(w))
    frames = np.concatenate(frames, axis=1)
    n_steps = 24 // reduction
    forced = model(
        {
            "tokens": tokens, "token_lengths": np.array([5]), "mel": frames,
            "mel_lengths": np.array([24]),
        },
        noise=noise[:n_steps],
    )  # fmt: skip
    np.testing.assert_allclose(forced["mel_before"], frames, atol=1e-5)
    np.testing.assert_allclose(forced["mel"], said["mel"][:, :24], atol=1e-4)
    np.testing.assert_allclose(forced["alignment"][0], np.concatenate(weights), atol=1e-5)
    repeated = np.repeat(np.asarray(forced["alignment"]), reduction, axis=1)
    np.testing.assert_allclose(said["alignment"][:, :24], repeated, atol=1e-5)


def test_a_batch_equals_its_rows_one_by_one():
    model = Tacotron2(**dict(TINY, reduction=2))
    rows = [[1, 5, 2, 8, 3, 6], [4, 4, 7, 0, 0, 0]]
    together = model.generate(np.array(rows), max_frames=20, seed=1)
    for i, row in enumerate(rows):
        alone = model.generate(np.array([[t for t in row if t]]), max_frames=20, seed=1)
        n = int(alone["lengths"][0])
        assert n == int(together["lengths"][i])
        np.testing.assert_allclose(together["mel"][i, :n], alone["mel"][0, :n], atol=1e-4)


def test_each_row_stops_at_its_own_stop_token(tiny):
    tokens = np.array([[1, 2, 3], [7, 8, 6]])
    never = tiny.generate(tokens, max_frames=30, stop_threshold=1.0)
    assert never["lengths"].numpy().tolist() == [30, 30]
    assert not np.any(never["stopped"])
    at_once = tiny.generate(tokens, max_frames=30, stop_threshold=0.0)
    assert at_once["lengths"].numpy().tolist() == [1, 1]
    assert np.all(at_once["stopped"])


def test_the_seed_decides_the_sound(tiny):
    tokens = np.array([[1, 2, 3]])
    a, b, c = (
        np.asarray(tiny.generate(tokens, max_frames=10, stop_threshold=1.0, seed=s)["mel"])
        for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(a, b)
    assert np.abs(a - c).max() > 1e-4


def test_one_batch_overfits():
    keras.utils.set_random_seed(0)
    model = Tacotron2(**dict(STILL, guided_attention_weight=0.0, attention_lstm_units=32))
    model.compile(keras.optimizers.Adam(1e-2, global_clipnorm=1.0))
    x = batch()
    x["mel"] = np.sin(np.arange(13)[None, :, None] * np.linspace(0.1, 1, 6)).astype("float32")
    x["mel"] = np.repeat(x["mel"], 2, axis=0)
    first = model.train_on_batch(x, return_dict=True)
    for _ in range(150):
        last = model.train_on_batch(x, return_dict=True)
        model.reset_metrics()
    assert last["mel_after_loss"] < 0.03 * first["mel_after_loss"]
    assert last["stop_loss"] < 0.1 * first["stop_loss"]


def test_supervision_moves_the_attention():
    keras.utils.set_random_seed(0)
    model = Tacotron2(**dict(STILL, guided_attention_weight=0.0, attention_lstm_units=32))
    model.compile(keras.optimizers.Adam(1e-2, global_clipnorm=1.0))
    x = dict(batch(), durations=np.array([[3, 2, 2, 2, 2, 1, 1], [3, 2, 2, 1, 1, 0, 0]], "int32"))
    for _ in range(150):
        model.train_on_batch(x)
    found = np.argmax(model(x)["alignment"][0], axis=-1)
    assert np.mean(found == np.repeat(np.arange(7), x["durations"][0])) > 0.9


def test_speakers_sound_different_and_must_be_named():
    model = Tacotron2(**dict(TINY, n_speakers=3, speaker_channels=4))
    tokens = np.array([[1, 2, 3]])
    first, second = (
        np.asarray(model.generate(tokens, speaker=s, max_frames=8, stop_threshold=1.0)["mel"])
        for s in (0, 2)
    )
    assert np.abs(first - second).max() > 1e-4
    with pytest.raises(ValueError, match="`speaker` must be given"):
        model.generate(tokens)
    with pytest.raises(ValueError, match=r"`speaker` must be in \[0, 3\). Received: speaker=\[3\]"):
        model.generate(tokens, speaker=3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tokens": np.zeros((1, 0), int)}, "`tokens` must be integers of shape"),
        ({"tokens": np.array([[1.5]])}, "`tokens` must be integers"),
        ({"tokens": np.array([[9]])}, r"`tokens` must be in \[0, 9\)"),
        ({"tokens": np.array([[0, 0]])}, "`token_lengths` must hold one number per row"),
        ({"tokens": np.array([[1]]), "token_lengths": [2]}, "`token_lengths` must hold"),
        (
            {"tokens": np.array([[1]]), "max_frames": 0},
            "`max_frames` must be a whole number from 1",
        ),
        ({"tokens": np.array([[1]]), "speaker": 0}, "`speaker` must be None"),
    ],
)
def test_bad_input_is_named(tiny, arguments, message):
    with pytest.raises(ValueError, match=message):
        tiny.generate(**arguments)


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="`reduction` must be a whole number from 1"):
        Tacotron2(**dict(TINY, reduction=0))
    with pytest.raises(ValueError, match="`mel_loss` must be one of l2, l1, l1"):
        Tacotron2(**dict(TINY, mel_loss="huber"))
    with pytest.raises(ValueError, match="`channels` must be even. Received: channels=7"):
        Tacotron2(**dict(TINY, encoder_channels=7))


def test_scheduled_sampling_reads_its_own_frames_in_training_only():
    keras.utils.set_random_seed(0)
    x = batch()
    model = Tacotron2(**dict(STILL, scheduled_sampling=1.0))
    plain = Tacotron2(**STILL)
    for ours, theirs in zip(plain.weights, model.weights, strict=True):
        ours.assign(theirs)
    np.testing.assert_allclose(model(x)["mel"], plain(x)["mel"], atol=1e-5)
    # The first pass, as frames to start from, by hand.
    first = plain(x, training=True)["mel_before"]
    own = plain({**x, "mel": first}, training=True)["mel_before"]
    np.testing.assert_allclose(model(x, training=True)["mel_before"], own, atol=1e-4)
    assert np.abs(np.asarray(own - first)).max() > 1e-4


def test_patience_ends_a_row_that_stays_on_its_last_token():
    """With one token, attention is on the last one from the first step on."""
    model = Tacotron2(**dict(TINY, reduction=2, end_patience=9))
    tokens = np.array([[3, 0, 0]])
    result = model.generate(tokens, max_frames=64, stop_threshold=1.0)
    assert result["lengths"].numpy().tolist() == [10]  # 9 frames, in steps of 2
    assert result["stopped"].numpy().tolist() == [True]

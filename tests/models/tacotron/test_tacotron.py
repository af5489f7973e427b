import keras
import numpy as np
import pytest

import signals
from keras_speech import AudioSpec, LinearGriffinLim, Tacotron
from keras_speech.ops import linear_spectrogram, mel

TINY = dict(
    vocabulary_size=9, n_mels=6, n_freqs=17, embedding_channels=6, encoder_units=4,
    encoder_prenet_units=(6, 4), encoder_bank_size=3, prenet_units=(8, 8), attention_rnn_units=8,
    attention_units=6, decoder_units=8, postnet_units=4, postnet_bank_size=2,
    postnet_projection_channels=5, highway_layers=1,
)  # fmt: skip
STILL = dict(TINY, encoder_dropout=0.0, prenet_dropout=0.0)
PLAIN_LSTM = dict(encoder="lstm", cell="lstm", postnet="lstm", decoder_layers=1)
KINDS = pytest.mark.parametrize("kind", [{}, PLAIN_LSTM], ids=["cbhg", "lstm"])


def batch(n_tokens=7, n_frames=13, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "tokens": rng.integers(1, 9, (2, n_tokens)).astype("int32"),
        "token_lengths": np.array([n_tokens, n_tokens - 2], "int32"),
        "mel": rng.normal(size=(2, n_frames, 6)).astype("float32"),
        "linear": rng.normal(size=(2, n_frames, 17)).astype("float32"),
        "mel_lengths": np.array([n_frames, n_frames - 4], "int32"),
    }


def padded(x, tokens=3, frames=5):
    """The same batch with more padding, and with nonsense in it."""
    longer = dict(x)
    longer["tokens"] = np.pad(x["tokens"], [(0, 0), (0, tokens)], constant_values=3)
    for key in ("mel", "linear"):
        longer[key] = np.pad(x[key], [(0, 0), (0, frames), (0, 0)], constant_values=2.0)
        for row in range(2):
            longer[key][row, x["mel_lengths"][row] :] = -3.0
    longer["tokens"][1, x["token_lengths"][1] :] = 4
    if "durations" in x:
        longer["durations"] = np.pad(x["durations"], [(0, 0), (0, tokens)])
    return longer


@pytest.fixture(scope="module")
def tiny():
    """No test changes it."""
    keras.utils.set_random_seed(0)
    return Tacotron(**TINY)


@pytest.mark.parametrize(("reduction", "kind"), [(3, {}), (1, PLAIN_LSTM)], ids=["cbhg", "lstm"])
def test_padding_changes_nothing(reduction, kind):
    model = Tacotron(**dict(STILL, reduction=reduction, n_priority_freqs=5, **kind))
    model.compile(keras.optimizers.SGD(0.0), run_eagerly=True)
    x = dict(batch(), durations=np.array([[3, 2, 2, 2, 2, 1, 1], [3, 2, 2, 1, 1, 0, 0]], "int32"))
    short, long = model(x), model(padded(x))
    for row in range(2):
        n = x["mel_lengths"][row]
        for key in ("mel", "linear"):
            np.testing.assert_allclose(long[key][row, :n], short[key][row, :n], atol=1e-4)
    for run, tolerance in ((model.test_on_batch, 1e-4), (model.train_on_batch, 1e-3)):
        losses = [run(b, return_dict=True) for b in (x, padded(x))]
        assert losses[0]["linear_loss"] > 0 and losses[0]["attention_supervision_loss"] > 0
        for name, value in losses[0].items():
            np.testing.assert_allclose(losses[1][name], value, rtol=tolerance, err_msg=name)


@pytest.mark.parametrize(
    "settings",
    [{}, {"attention": "gmm"}, {"attention": "forward", "reduction": 3}, PLAIN_LSTM],
    ids=["bahdanau", "gmm", "forward", "lstm"],
)
def test_steps_equal_the_teacher_forced_form(settings):
    """Fed with its own frames, the parallel form says what generation said."""
    model = Tacotron(**dict(TINY, **settings))
    tokens = np.array([[1, 5, 2, 8, 3]])
    said = model.generate(tokens, max_frames=24, stop_threshold=1.0, seed=5)
    noise = np.random.default_rng(5).random((32, 16), dtype="float32")
    forced = model(
        {
            "tokens": tokens, "token_lengths": np.array([5]), "mel": said["mel"],
            "mel_lengths": np.array([24]),
        },
        noise=noise[: 24 // model.reduction],
    )  # fmt: skip
    for key in ("mel", "linear"):
        np.testing.assert_allclose(forced[key], said[key], atol=1e-4)
    repeated = np.repeat(np.asarray(forced["alignment"]), model.reduction, axis=1)
    np.testing.assert_allclose(said["alignment"], repeated, atol=1e-5)
    assert said["linear"].shape == (1, 24, 17)


def test_a_batch_equals_its_rows_one_by_one(tiny):
    rows = [[1, 5, 2, 8, 3, 6], [4, 4, 7, 0, 0, 0]]
    together = tiny.generate(np.array(rows), max_frames=20, seed=1)
    for i, row in enumerate(rows):
        alone = tiny.generate(np.array([[t for t in row if t]]), max_frames=20, seed=1)
        n = int(alone["lengths"][0])
        assert n == int(together["lengths"][i])
        for key in ("mel", "linear"):
            np.testing.assert_allclose(together[key][i, :n], alone[key][0, :n], atol=1e-4)


def test_each_row_stops_at_its_own_stop_token(tiny):
    tokens = np.array([[1, 2, 3], [7, 8, 6]])
    never = tiny.generate(tokens, max_frames=30, stop_threshold=1.0)
    assert never["lengths"].numpy().tolist() == [30, 30]
    at_once = tiny.generate(tokens, max_frames=30, stop_threshold=0.0)
    assert at_once["lengths"].numpy().tolist() == [2, 2]
    assert np.all(at_once["stopped"]) and not np.any(never["stopped"])


def test_without_stop_token_patience_or_the_last_frame_ends_a_row():
    model = Tacotron(**dict(TINY, stop_token=False))
    assert "stop_logits" not in model(batch())
    tokens = np.array([[3, 0, 0]])
    never = model.generate(tokens, max_frames=20, stop_threshold=0.0)
    assert never["lengths"].numpy().tolist() == [20] and not np.any(never["stopped"])
    patient = Tacotron(**dict(TINY, stop_token=False, end_patience=9))
    # With one token, attention is on the last one from the first step on.
    result = patient.generate(tokens, max_frames=64)
    assert result["lengths"].numpy().tolist() == [10]  # 9 frames, in steps of 2


def test_without_frequencies_it_makes_mels_only():
    model = Tacotron(**dict(TINY, n_freqs=0))
    x = {key: value for key, value in batch().items() if key != "linear"}
    model.compile("sgd", run_eagerly=True)
    assert "linear_loss" in model.train_on_batch(x, return_dict=True)
    assert model.generate(np.array([[1, 2]]), max_frames=8).keys() == {
        "mel", "lengths", "alignment", "stopped",
    }  # fmt: skip


def test_low_frequencies_count_more_where_asked():
    x = batch()
    mask = np.arange(13) < x["mel_lengths"][:, None]
    model = Tacotron(**dict(STILL, n_priority_freqs=4))
    model.compile("sgd", run_eagerly=True)
    error = np.abs(x["linear"] - np.asarray(model(x)["linear"])[:, :13])[mask]
    expected = 0.5 * error.mean() + 0.5 * error[:, :4].mean()
    found = model.test_on_batch(x, return_dict=True)["linear_loss"]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def speech_batch(spec):
    """Two utterances of gliding harmonics, their mels and linear spectrograms."""
    samples = [signals.speech_like(s, spec.sample_rate, seed=i) for i, s in enumerate((0.3, 0.25))]
    lengths = np.array([spec.n_frames(len(x)) for x in samples], "int32")
    x = {
        "tokens": np.array([[1, 5, 2, 8, 3], [4, 4, 7, 6, 0]], "int32"),
        "token_lengths": np.array([5, 4], "int32"),
        "mel": np.full((2, lengths[0], spec.n_mels), np.log(spec.log_floor), "float32"),
        "linear": np.full((2, lengths[0], spec.n_freqs), np.log(spec.log_floor), "float32"),
        "mel_lengths": lengths,
    }
    for row, signal in enumerate(samples):
        x["mel"][row, : lengths[row]] = mel.log_mel_spectrogram(signal, spec)
        x["linear"][row, : lengths[row]] = linear_spectrogram.log_linear_spectrogram(signal, spec)
    return x


@KINDS
def test_one_batch_overfits(kind):
    """In 300 steps, the mel to less than 0.1 nats, its linear spectrogram and its end too."""
    keras.utils.set_random_seed(0)
    spec = AudioSpec(
        sample_rate=8000, n_fft=256, hop_length=128, win_length=256, n_mels=20, fmax=4000.0
    )
    x = speech_batch(spec)
    real = np.arange(x["mel"].shape[1]) < x["mel_lengths"][:, None]
    level = {
        key: (float(x[key][real].mean()), float(x[key][real].std())) for key in ("mel", "linear")
    }
    settings = dict(
        STILL, n_mels=20, n_freqs=spec.n_freqs, encoder_units=16, encoder_prenet_units=(32, 16),
        prenet_units=(64, 32), attention_rnn_units=64, attention_units=32, decoder_units=64,
        postnet_units=32, guided_attention_weight=0.0, **kind,
        mel_mean=level["mel"][0], mel_scale=level["mel"][1],
        linear_mean=level["linear"][0], linear_scale=level["linear"][1],
    )  # fmt: skip
    model = Tacotron(**settings)
    optimizer = keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(1e-2, 300), global_clipnorm=1.0
    )
    model.compile(optimizer)
    for _ in range(300):
        last = model.train_on_batch(x, return_dict=True)
        model.reset_metrics()
    assert last["mel_loss"] * level["mel"][1] < 0.1
    assert last["linear_loss"] < 0.3
    assert last["stop_loss"] < 0.05


def test_linear_spectrograms_become_sound():
    spec = AudioSpec(n_fft=256, hop_length=64, win_length=256, n_mels=20)
    model = Tacotron(**dict(TINY, n_mels=20, n_freqs=spec.n_freqs, linear_mean=-3.0))
    result = model.generate(np.array([[1, 2, 3]]), max_frames=20, stop_threshold=1.0)
    samples = LinearGriffinLim(spec, n_iter=3).generate(result["linear"], result["lengths"])
    assert samples.shape == (1, 20 * 64)
    assert np.abs(np.asarray(samples)).max() > 0


def test_speakers_sound_different_and_must_be_named():
    model = Tacotron(**dict(TINY, n_speakers=3, speaker_channels=4))
    tokens = np.array([[1, 2, 3]])
    first, second = (
        np.asarray(model.generate(tokens, speaker=s, max_frames=8, stop_threshold=1.0)["mel"])
        for s in (0, 2)
    )
    assert np.abs(first - second).max() > 1e-5
    with pytest.raises(ValueError, match="`speaker` must be given"):
        model.generate(tokens)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"reduction": 0}, "`reduction` must be a whole number from 1. Received: reduction=0"),
        ({"encoder": "rnn"}, "`encoder` must be one of cbhg, lstm. Received: encoder='rnn'"),
        ({"cell": "rnn"}, "`cell` must be one of gru, lstm. Received: cell='rnn'"),
        ({"attention": "telepathy"}, "`attention` must be one of bahdanau"),
        ({"n_priority_freqs": 18}, "`n_priority_freqs` must not exceed `n_freqs`. Received"),
        ({"linear_scale": 0.0}, "`linear_scale` must be greater than 0"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        Tacotron(**dict(TINY, **settings))


def test_bad_batches_are_named():
    model = Tacotron(**TINY)
    model.compile("sgd", run_eagerly=True)
    x = batch()
    with pytest.raises(ValueError, match="of 17 frequencies .*data.linear_batches.*Received: none"):
        model.train_on_batch({key: value for key, value in x.items() if key != "linear"})
    with pytest.raises(ValueError, match=r"Received: shape=\(2, 13, 9\)"):
        model.train_on_batch(dict(x, linear=x["linear"][:, :, :9]))

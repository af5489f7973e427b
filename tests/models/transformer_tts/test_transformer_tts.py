import keras
import numpy as np
import pytest

from keras_speech import TransformerTTS, losses, transformer_tts_configs
from keras_speech.models.transformer_tts import generation

TINY = dict(
    vocabulary_size=9, n_mels=6, channels=16, n_heads=2, encoder_blocks=1, decoder_blocks=2,
    feed_forward_units=24, encoder_convolutions=1, prenet_units=(8, 8), postnet_filters=8,
    postnet_layers=2, guided_blocks=1, guided_heads=1,
)  # fmt: skip
STILL = TINY | {f"{part}dropout": 0.0 for part in ("", "convolution_", "prenet_", "postnet_")}
UNGUIDED = dict(guided_heads=0)


def batch(n_tokens=7, n_frames=13, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "tokens": rng.integers(1, 9, (2, n_tokens)).astype("int32"),
        "token_lengths": np.array([n_tokens, n_tokens - 2], "int32"),
        "mel": rng.normal(size=(2, n_frames, 6)).astype("float32"),
        "mel_lengths": np.array([n_frames, n_frames - 4], "int32"),
        "durations": np.array([[3, 2, 2, 2, 2, 1, 1], [3, 2, 2, 1, 1, 0, 0]], "int32"),
    }


def padded(x, tokens=3, frames=5):
    """The same batch with more padding, and with nonsense in it."""
    longer = dict(x)
    longer["tokens"] = np.pad(x["tokens"], [(0, 0), (0, tokens)], constant_values=3)
    longer["mel"] = np.pad(x["mel"], [(0, 0), (0, frames), (0, 0)], constant_values=2.0)
    longer["durations"] = np.pad(x["durations"], [(0, 0), (0, tokens)])
    for row in range(2):
        longer["tokens"][row, x["token_lengths"][row] :] = 4
        longer["mel"][row, x["mel_lengths"][row] :] = -3.0
    return longer


def size(model):
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


def expected_size(symbols, mels, reduction, width, inner, encoder, decoder, prenet, post, first):
    """Trainable parameters of three convolutions of 5 in front and a postnet of five, by hand."""

    def dense(n_in, n_out):
        return n_in * n_out + n_out

    def convolution(n_in, n_out):
        return 5 * n_in * n_out + n_out + 2 * n_out  # kernel, bias; scale and shift of the norm

    norm, attention = 2 * width, 4 * dense(width, width)  # query, key, value, output
    feed_forward = dense(width, inner) + dense(inner, width)
    front = symbols * width + 3 * convolution(width, width) + dense(width, width)
    front += 1  # the positions' scale
    front += mels * prenet[0] + prenet[0] * prenet[1] + dense(prenet[1], width) + 1
    blocks = encoder * (attention + feed_forward + 2 * norm)
    blocks += decoder * (2 * attention + feed_forward + 3 * norm) + first * 2 * norm
    back = dense(width, mels * reduction) + dense(width, 1)
    back += convolution(mels, post) + 3 * convolution(post, post) + convolution(post, mels)
    return front + blocks + back


def test_the_published_configuration_has_the_stated_size():
    # The paper states none: the base Transformer's 44 million in its 12 blocks, and
    # 75,776 embedding + 3,936,768 convolutions + 262,656 + 1 positions: 18,914,304 encoder
    # 86,016 prenet + 131,584 + 1 positions: 25,224,192 decoder; 41,553 outputs; 4,348,144 postnet
    assert expected_size(148, 80, 1, 512, 2048, 6, 6, (256, 256), 512, False) == 53_020_995
    assert size(TransformerTTS(148, **transformer_tts_configs.PUBLISHED)) == 53_020_995


def test_the_small_configuration_has_the_stated_size():
    expected = expected_size(148, 80, 2, 256, 1024, 3, 3, (256, 128), 256, True)
    assert size(TransformerTTS(148, **transformer_tts_configs.SMALL)) == expected == 7_938_451


@pytest.mark.parametrize("options", [{}, dict(reduction=3, norm_first=True), UNGUIDED])
def test_padding_changes_nothing(options):
    model = TransformerTTS(**STILL | options)
    model.compile(keras.optimizers.SGD(0.0), run_eagerly=True)
    x = batch()
    short, long = model(x), model(padded(x))
    for row in range(2):
        n, tokens = x["mel_lengths"][row], x["token_lengths"][row]
        np.testing.assert_allclose(long["mel"][row, :n], short["mel"][row, :n], atol=1e-4)
        steps = -(-n // model.reduction)
        np.testing.assert_allclose(
            long["alignment"][row, :steps, :tokens], short["alignment"][row, :steps, :tokens],
            atol=1e-5,
        )  # fmt: skip
    for method in (model.test_on_batch, model.train_on_batch):
        first, second = (method(b, return_dict=True) for b in (x, padded(x)))
        for name, value in first.items():
            np.testing.assert_allclose(second[name], value, rtol=1e-3, atol=1e-6, err_msg=name)


@pytest.mark.parametrize(
    "options", [{}, dict(reduction=3, norm_first=True), dict(UNGUIDED, n_speakers=2)]
)
def test_cached_generation_equals_the_parallel_form(options):
    """Fed with its own frames, `call` says what generation said, over several chunks of cache."""
    keras.utils.set_random_seed(0)  # heads that differ in which is nearest to the diagonal
    model = TransformerTTS(**TINY | options)
    speaker = {"speaker": np.array([1, 0])} if model.n_speakers else {}
    r, n_frames = model.reduction, 60
    tokens, lengths = np.array([[1, 5, 2, 8, 3], [4, 4, 7, 0, 0]]), np.array([5, 3])
    said = model.generate(tokens, max_frames=n_frames, stop_threshold=1.0, seed=5, **speaker)
    noise = np.random.default_rng(5).random((64, 16), dtype="float32")
    noise = noise[: -(-n_frames // r // 16) * 16]

    def before_the_postnet(tokens, lengths, noise, *speaker):
        values, mask = model.encode(tokens, lengths, *speaker, training=False)
        mel, _, _, _ = generation.decode(
            model.decoder, values, mask, noise, 1.0, generation.ANYWHERE
        )
        return mel

    steps = model.run_compiled("", before_the_postnet, tokens, lengths, noise, *speaker.values())
    frames = np.moveaxis(np.asarray(steps)[: n_frames // r], 1, 0).reshape(2, n_frames, 6)
    assert np.std(frames) > 0.1
    forced = model(
        {
            "tokens": tokens, "token_lengths": lengths, "mel": frames,
            "mel_lengths": np.array([n_frames, n_frames]), **speaker,
        },
        noise=noise[: n_frames // r],
    )  # fmt: skip
    np.testing.assert_allclose(frames, forced["mel_before"], atol=1e-5)
    np.testing.assert_allclose(said["mel"], forced["mel"], atol=1e-5)
    repeated = np.repeat(np.asarray(forced["alignment"]), r, axis=1)
    np.testing.assert_allclose(said["alignment"], repeated, atol=1e-5)


def test_a_batch_equals_its_rows_one_by_one():
    model = TransformerTTS(**dict(TINY, reduction=2))
    rows = [[1, 5, 2, 8, 3, 6], [4, 4, 7, 0, 0, 0]]
    together = model.generate(np.array(rows), max_frames=80, seed=1)
    for i, row in enumerate(rows):
        alone = model.generate(np.array([[t for t in row if t]]), max_frames=80, seed=1)
        n = int(alone["lengths"][0])
        assert n == int(together["lengths"][i])
        np.testing.assert_allclose(together["mel"][i, :n], alone["mel"][0, :n], atol=1e-4)


def test_each_row_stops_at_its_own_stop_token_and_the_seed_decides():
    model = TransformerTTS(**TINY)
    tokens = np.array([[1, 2, 3], [7, 8, 6]])
    never = model.generate(tokens, max_frames=30, stop_threshold=1.0)
    assert np.asarray(never["lengths"]).tolist() == [30, 30]
    assert never["mel"].shape == (2, 30, 6) and never["alignment"].shape == (2, 30, 3)
    assert not np.any(never["stopped"])
    at_once = model.generate(tokens, max_frames=30, stop_threshold=0.0)
    assert np.asarray(at_once["lengths"]).tolist() == [1, 1]
    assert np.all(at_once["stopped"])
    again, other = (
        np.asarray(model.generate(tokens, max_frames=30, stop_threshold=1.0, seed=s)["mel"])
        for s in (0, 1)
    )
    np.testing.assert_array_equal(again, never["mel"])
    assert np.abs(again - other).max() > 1e-4


def test_a_window_keeps_guided_heads_from_leaping():
    model = TransformerTTS(**TINY)
    tokens = np.random.default_rng(0).integers(1, 9, (2, 40))
    free, windowed = (
        np.asarray(
            model.generate(tokens, max_frames=40, stop_threshold=1.0, attention_window=w)[
                "alignment"
            ]
        )
        for w in (None, 2)
    )
    assert free[:, 0, 10:].max() > 0
    np.testing.assert_allclose(windowed.sum(axis=-1), 1.0, atol=1e-5)
    places = np.concatenate([np.zeros((2, 1), int), windowed.argmax(axis=-1)], axis=1)
    for row in range(2):
        for t in range(40):
            here = places[row, t]
            outside = np.delete(windowed[row, t], np.r_[max(here - 1, 0) : here + 3])
            assert outside.max() == 0
    with pytest.raises(ValueError, match="`attention_window` must be None for a model without"):
        TransformerTTS(**TINY | UNGUIDED).generate(tokens, attention_window=2)


# The conformance table's model is normalized first, and learns too.
@pytest.mark.parametrize("norm_first", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_one_batch_overfits(norm_first):
    """The mean absolute error of the log-mels falls below 0.1 on noise and a slow wave."""
    keras.utils.set_random_seed(0)
    model = TransformerTTS(
        **dict(STILL, channels=32, feed_forward_units=64, norm_first=norm_first, mel_loss="l1")
    )
    model.compile(keras.optimizers.Adam(5e-3, global_clipnorm=1.0))
    x = batch()
    wave = np.sin(np.arange(13)[None, :, None] * np.linspace(0.1, 1, 6)).astype("float32")
    x["mel"] = wave + 0.3 * x["mel"]
    first = model.train_on_batch(x, return_dict=True)
    for _ in range(300):
        last = model.train_on_batch(x, return_dict=True)
        model.reset_metrics()
        if last["mel_after_loss"] < 0.08 and last["stop_loss"] < 0.05 * first["stop_loss"]:
            break
    assert last["mel_after_loss"] < 0.1 < first["mel_after_loss"]
    assert last["stop_loss"] < 0.1 * first["stop_loss"]
    # Supervision by the durations: the guided head is where they say.
    found = np.argmax(model(x)["alignment"][0], axis=-1)
    assert np.mean(found == np.repeat(np.arange(7), x["durations"][0])) > 0.9


class Guided(TransformerTTS):
    """It learns where to look, and nothing else."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        lengths = x["token_lengths"], x["mel_lengths"]
        return losses.guided_attention(y_pred["alignment"], *lengths)


def test_guidance_acts_on_the_named_heads_alone():
    """Of the cross-attention of the last block, the first head's query learns, the second's not."""
    model = Guided(**dict(STILL, guided_blocks=1, guided_heads=1))
    model.compile(keras.optimizers.SGD(1.0), run_eagerly=True)
    attention = model.decoder.blocks[-1].cross_attention
    before = np.asarray(attention.query_dense.kernel)  # (channels, heads, key_dim)
    model.train_on_batch(batch())
    moved = np.abs(np.asarray(attention.query_dense.kernel) - before).max(axis=(0, 2))
    assert moved[0] > 1e-6 and moved[1] == 0


def test_scheduled_sampling_reads_its_own_frames_in_training_only():
    x = batch()
    model = TransformerTTS(**dict(STILL, scheduled_sampling=1.0))
    plain = TransformerTTS(**STILL)
    plain.set_weights(model.get_weights())
    np.testing.assert_allclose(model(x)["mel"], plain(x)["mel"], atol=1e-5)
    # The first pass, as frames to start from, by hand.
    first = plain(x, training=True)["mel_before"]
    own = plain({**x, "mel": first}, training=True)["mel_before"]
    np.testing.assert_allclose(model(x, training=True)["mel_before"], own, atol=1e-4)
    assert np.abs(np.asarray(own - first)).max() > 1e-4


def test_generation_in_sixteen_bits_is_near_that_in_float32():
    model = TransformerTTS(**TINY)
    half = TransformerTTS(**TINY, dtype="mixed_bfloat16")
    half.set_weights(model.get_weights())
    tokens = np.array([[1, 2, 3]])
    said, half_said = (
        np.asarray(m.generate(tokens, max_frames=4, stop_threshold=1.0)["mel"])
        for m in (model, half)
    )
    assert half_said.dtype == np.float32
    np.testing.assert_allclose(half_said, said, atol=0.1 * np.abs(said).max())


def test_a_loaded_model_speaks_the_same(tmp_path):
    model = TransformerTTS(**TINY)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    tokens = np.array([[1, 2, 3]])
    said, again = (m.generate(tokens, max_frames=9, stop_threshold=1.0) for m in (model, loaded))
    np.testing.assert_allclose(again["mel"], said["mel"], atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tokens": np.zeros((1, 0), int)}, "`tokens` must be integers of shape"),
        ({"tokens": np.array([[9]])}, r"`tokens` must be in \[0, 9\)"),
        ({"tokens": np.array([[1]]), "token_lengths": [2]}, "`token_lengths` must hold"),
        (
            {"tokens": np.array([[1]]), "max_frames": 0},
            "`max_frames` must be a whole number from 1",
        ),
        ({"tokens": np.array([[1]]), "seed": 0.5}, "`seed` must be a whole number"),
        ({"tokens": np.array([[1]]), "speaker": 0}, "`speaker` must be None"),
        ({"tokens": np.array([[1]]), "attention_window": 0}, "`attention_window` must be a whole"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        TransformerTTS(**TINY).generate(**arguments)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(reduction=0), "`reduction` must be a whole number from 1. Received: reduction=0"),
        (dict(mel_loss="huber"), "`mel_loss` must be one of l2, l1, l1"),
        (dict(channels=15), "`channels` must be even and a multiple of `n_heads`. .* channels=15"),
        (dict(guided_heads=3), "`guided_heads` must not exceed `n_heads`. .* guided_heads=3"),
        (dict(guided_blocks=3), "`guided_blocks` must not exceed `decoder_blocks`."),
        (dict(scheduled_sampling=2), r"`scheduled_sampling` must be in \[0, 1\]"),
    ],
)
def test_bad_settings_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        TransformerTTS(**TINY | options)

import keras
import numpy as np
import pytest

from keras_speech import FastSpeech2, fastspeech2_configs

TINY = dict(
    vocabulary_size=9, n_mels=6, channels=8, encoder_layers=1, decoder_layers=1, n_heads=2,
    filters=12, kernel_sizes=(3, 1), predictor_filters=8,
)  # fmt: skip
STILL = dict(TINY, dropout=0.0, predictor_dropout=0.0)
# The aligner for 80 symbols: an embedding, a dense layer and a convolution of 3 without biases, all
# of 256 units; the mean and slope of two states in 80 bands, and the counter of its warmup.
ALIGNER = 80 * 256 + 257 * 256 + 3 * 256 * 256 + 257 * (2 * 2 * 80) + 1
TOKENS = np.array([[5, 3, 8, 1, 2], [2, 7, 4, 0, 0]], "int32")


def batch(n_tokens=5, n_frames=15, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "tokens": rng.integers(1, 9, (2, n_tokens)).astype("int32"),
        "token_lengths": np.array([n_tokens, n_tokens - 2], "int32"),
        "mel": rng.normal(size=(2, n_frames, 6)).astype("float32"),
        "mel_lengths": np.array([n_frames, n_frames - 4], "int32"),
        "f0_hz": (rng.uniform(90, 250, (2, n_frames)) * (rng.random((2, n_frames)) < 0.7)).astype(
            "float32"
        ),
    }


def with_durations(x):
    return {**x, "durations": np.array([[2, 4, 3, 5, 1], [6, 0, 5, 0, 0]], "int32")}


def padded(x, tokens=3, frames=5):
    """The same batch with more padding, and with nonsense in it."""
    longer = dict(x)
    longer["tokens"] = np.pad(x["tokens"], [(0, 0), (0, tokens)])
    longer["mel"] = np.pad(x["mel"], [(0, 0), (0, frames), (0, 0)])
    longer["f0_hz"] = np.pad(x["f0_hz"], [(0, 0), (0, frames)])
    for row in range(2):
        longer["tokens"][row, x["token_lengths"][row] :] = 4
        longer["mel"][row, x["mel_lengths"][row] :] = -3.0
        longer["f0_hz"][row, x["mel_lengths"][row] :] = 100.0
    if "durations" in x:
        longer["durations"] = np.pad(x["durations"], [(0, 0), (0, tokens)])
    return longer


@pytest.fixture(scope="module")
def tiny():
    """No test changes it."""
    keras.utils.set_random_seed(0)
    return FastSpeech2(**TINY)


def test_the_published_configuration_has_the_size_of_its_layers():
    """Blocks of 2.9 million: attention 4 * 256 * 257, convolutions 9 * 256 * 1024 + 1024 and
    1024 * 256 + 256, two normalizations of 512; three predictors; embeddings and projections."""
    model = FastSpeech2(80, aligner=False, **fastspeech2_configs.PUBLISHED)
    block = 4 * 256 * 257 + (9 * 256 + 1) * 1024 + (1024 + 1) * 256 + 2 * 512
    predictor = 2 * ((3 * 256 + 1) * 256 + 512) + 257
    told = 2 * (3 + 1) * 256  # pitch and energy, by convolutions of 3
    expected = 8 * block + 3 * predictor + told + 80 * 256 + 257 * 80
    assert model.count_params() == expected == 24_323_411
    model = FastSpeech2(80, **fastspeech2_configs.PUBLISHED)
    assert model.count_params() == expected + ALIGNER == 24_688_532


def test_the_small_configuration_has_the_size_of_its_layers():
    """Blocks of 591 thousand without attention, a normalization after each stack, three predictors,
    and what the range of a token in frames is projected from: its channels and its length."""
    model = FastSpeech2(80, aligner=False, **fastspeech2_configs.SMALL)
    block = (7 * 192 + 1) * 384 + (384 + 1) * 192 + 2 * 192
    predictor = (5 * 192 + 1) * 128 + (5 * 128 + 1) * 128 + 2 * 2 * 128 + 129
    told = 2 * (3 + 1) * 192
    expected = 7 * block + 2 * 2 * 192 + 3 * predictor + told + 80 * 192 + 193 * 80 + (193 + 1)
    assert model.count_params() == expected == 4_785_877
    model = FastSpeech2(80, **fastspeech2_configs.SMALL)
    assert model.count_params() == expected + ALIGNER == 5_150_998


@pytest.mark.parametrize("upsampling", ["gaussian", "repeat"])
@pytest.mark.parametrize("given", [False, True])
def test_padding_changes_nothing(upsampling, given):
    model = FastSpeech2(**dict(STILL, upsampling=upsampling))
    model.compile(keras.optimizers.SGD(0.0), run_eagerly=True)
    x = with_durations(batch()) if given else batch()
    short, long = model(x), model(padded(x))
    for row in range(2):
        n = x["mel_lengths"][row]
        np.testing.assert_allclose(long["mel"][row, :n], short["mel"][row, :n], atol=1e-4)
    results = [model.test_on_batch(b, return_dict=True) for b in (x, padded(x))]
    for name, value in results[0].items():
        np.testing.assert_allclose(results[1][name], value, rtol=1e-4, err_msg=name)


def spoken(seed=0):
    """A batch whose symbols each have a spectrum that swells and fades."""
    rng = np.random.default_rng(seed)
    x, durations = batch(n_frames=30), np.array([[5, 7, 4, 8, 6], [9, 8, 9, 0, 0]], "int32")
    x["mel_lengths"], spectra = durations.sum(axis=1).astype("int32"), rng.normal(size=(9, 6))
    for row in range(2):
        sounds = []
        for token, n in zip(x["tokens"][row], durations[row], strict=True):
            sounds.append(
                spectra[token] * np.sin(np.pi * (np.arange(n) + 0.5) / max(n, 1))[:, None]
            )
        x["mel"][row, : x["mel_lengths"][row]] = np.concatenate(sounds)
    return {**x, "durations": durations}


# With heads it has all that it has without.
@pytest.mark.parametrize("n_heads", [pytest.param(0, marks=pytest.mark.slow), 2])
def test_one_batch_is_learned_by_heart(n_heads):
    keras.utils.set_random_seed(0)
    model = FastSpeech2(**dict(STILL, channels=32, filters=64, n_heads=n_heads, norm_first=True))
    model.compile(keras.optimizers.Adam(3e-3))
    x = spoken()
    for _ in range(300):
        losses = model.train_on_batch(x, return_dict=True)
    assert losses["mel_loss"] < 0.1
    assert losses["duration_loss"] < 0.01 and losses["pitch_loss"] < 0.05
    said = model.generate(x["tokens"], x["token_lengths"])
    np.testing.assert_array_equal(said["durations"], x["durations"])


def test_generation_has_the_predicted_length_whatever_the_batch(tiny):
    both = tiny.generate(TOKENS)
    alone = tiny.generate(TOKENS[1:, :3])
    n = int(alone["lengths"][0])
    assert int(np.asarray(both["durations"])[1].sum()) == int(both["lengths"][1]) == n
    np.testing.assert_allclose(both["mel"][1, :n], alone["mel"][0, :n], atol=1e-5)
    silence = np.asarray(both["mel"]).min()
    shorter = int(np.argmin(both["lengths"]))
    after = np.asarray(both["mel"])[shorter, int(both["lengths"][shorter]) :]
    assert (after == silence).all()


def lasting(model, frames=4.0):
    """`model` with every token about so many frames long."""
    dense = model.variance_adaptor.duration_predictor.dense
    dense.set_weights([w * 0 for w in dense.get_weights()])
    dense.bias.assign(np.log1p([frames]).astype("float32"))
    return model


def test_speed_changes_the_length_and_nothing_else_of_what_is_told():
    model = lasting(FastSpeech2(**TINY))
    plain, fast = model.generate(TOKENS), model.generate(TOKENS, speed=2.0)
    np.testing.assert_array_equal(plain["lengths"], [20, 12])
    np.testing.assert_array_equal(fast["lengths"], [10, 6])
    np.testing.assert_allclose(fast["f0_hz"], plain["f0_hz"])


def test_speed_may_differ_from_token_to_token():
    model = lasting(FastSpeech2(**TINY))
    speeds = np.array([[1, 2, 4, 1, 1], [0.5, 1, 1, 1, 1]], "float32")
    found = model.generate(TOKENS, speed=speeds)["durations"]
    np.testing.assert_array_equal(found, [[4, 2, 1, 4, 4], [8, 4, 4, 0, 0]])


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "bfloat16"])
def test_pitch_is_in_semitones_and_energy_in_decibels(policy):
    model = FastSpeech2(**dict(TINY, n_heads=0), dtype=policy)
    plain = model.generate(TOKENS)
    high = model.generate(TOKENS, pitch=12.0)
    loud = model.generate(TOKENS, energy=[0.0, 20.0])
    real = TOKENS > 0
    ratio = np.asarray(high["f0_hz"])[real] / np.asarray(plain["f0_hz"])[real]
    np.testing.assert_allclose(ratio, 2.0, rtol=1e-4)
    gain = np.exp(np.asarray(loud["energy"]) - np.asarray(plain["energy"]))
    np.testing.assert_allclose(gain[0], 1.0, rtol=1e-5)
    np.testing.assert_allclose(gain[1, :3], 10.0, rtol=1e-4)
    n = min(int(plain["lengths"][0]), int(high["lengths"][0]))
    assert np.abs(np.asarray(high["mel"])[0, :n] - np.asarray(plain["mel"])[0, :n]).max() > 1e-3


def test_a_row_is_cut_at_max_frames_and_says_so():
    model = lasting(FastSpeech2(**TINY))
    result = model.generate(TOKENS, max_frames=14)
    np.testing.assert_array_equal(result["lengths"], [14, 12])
    np.testing.assert_array_equal(result["stopped"], [False, True])
    assert result["mel"].shape == (2, 14, 6)


def test_each_speaker_has_a_voice():
    model = FastSpeech2(**dict(TINY, n_speakers=3, speaker_channels=4))
    x = with_durations({**batch(), "speaker": np.array([0, 0], "int32")})
    other = {**x, "speaker": np.array([0, 2], "int32")}
    first, second = np.asarray(model(x)["mel"]), np.asarray(model(other)["mel"])
    np.testing.assert_allclose(first[0], second[0], atol=1e-5)
    assert np.abs(first[1] - second[1]).max() > 1e-3
    with pytest.raises(ValueError, match="`speaker` must be given: the model has 3 speakers"):
        model.generate(TOKENS)
    with pytest.raises(ValueError, match="`speaker` must be None"):
        FastSpeech2(**TINY).generate(TOKENS, speaker=1)


def test_alignment_gives_every_token_a_frame_and_every_frame_a_token(tiny):
    x = batch()
    durations = np.asarray(tiny.align(*(
        x[key] for key in ("tokens", "token_lengths", "mel", "mel_lengths")
    )))  # fmt: skip
    np.testing.assert_array_equal(durations.sum(axis=1), x["mel_lengths"])
    assert (durations[0] >= 2).all() and (durations[1, :3] >= 2).all()  # two states


def test_given_durations_need_no_aligner():
    model = FastSpeech2(**dict(TINY, aligner=False))
    model.compile(keras.optimizers.Adam(), run_eagerly=True)
    losses = model.train_on_batch(with_durations(batch()), return_dict=True)
    assert "forward_sum_loss" in losses and losses["forward_sum_loss"] == 0.0
    with pytest.raises(ValueError, match='must have "durations" for a model without an aligner'):
        model(batch())
    with pytest.raises(ValueError, match="Received: aligner=False"):
        model.align(TOKENS, None, np.zeros((2, 9, 6)), [9, 9])


def test_without_its_aligner_a_model_speaks_the_same(tiny):
    bare = tiny.without_aligner()
    assert bare.count_params() == tiny.count_params() - tiny.aligner.count_params()
    np.testing.assert_allclose(bare.generate(TOKENS)["mel"], tiny.generate(TOKENS)["mel"])


def test_a_saved_model_speaks_the_same(tmp_path):
    model = FastSpeech2(**dict(TINY, loss_weights={"pitch": 0.5}, duration_recurrent_units=4))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config()
    np.testing.assert_allclose(loaded.generate(TOKENS)["mel"], model.generate(TOKENS)["mel"])


def test_fit_without_pitch_says_what_is_missing():
    model = FastSpeech2(**TINY)
    model.compile(keras.optimizers.Adam(), run_eagerly=True)
    x = batch()
    del x["f0_hz"]
    with pytest.raises(ValueError, match='`inputs` must have "f0_hz" where pitch is modeled'):
        model.train_on_batch(x)


def test_without_pitch_and_energy_neither_is_told():
    model = FastSpeech2(**dict(TINY, pitch=False, energy=False))
    assert "f0_hz" not in model.generate(TOKENS)
    assert model.controls == ("speed",)
    with pytest.raises(ValueError, match="`pitch` must be 0 for a model that does not model it"):
        model.generate(TOKENS, pitch=1.0)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"pitch": 13.0}, "`pitch` must be from -12 to 12 .semitones.. Received: pitch=13.0"),
        ({"speed": 0.1}, "`speed` must be from 0.25 to 4"),
        ({"energy": float("nan")}, "`energy` must be from -20 to 20"),
        ({"pitch": np.zeros(3)}, r"Received: shape=\(3,\)"),
        ({"pitch": "high"}, "`pitch` must be a number"),
        ({"max_frames": 0}, "`max_frames` must be a whole number from 1"),
    ],
)
def test_generate_refuses_what_it_cannot_do(tiny, arguments, message):
    with pytest.raises(ValueError, match=message):
        tiny.generate(TOKENS, **arguments)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"upsampling": "linear"}, "`upsampling` must be one of gaussian, repeat"),
        ({"mel_loss": "l3"}, "`mel_loss` must be one of l1, l2"),
        (
            {"channels": 7, "n_heads": 1},
            "`channels` must be even .*Received: channels=7, n_heads=1",
        ),
        ({"decoder_layers": 0}, "`decoder_layers` must be a whole number from 1"),
        ({"pitch_scale": 0.0}, "`pitch_scale` must be greater than 0"),
        ({"loss_weights": {"tempo": 1.0}}, "`loss_weights` must name .*Received: tempo"),
    ],
)
def test_settings_out_of_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        FastSpeech2(**dict(TINY, **options))


def test_recordings_shorter_than_their_text_cannot_be_aligned(tiny):
    with pytest.raises(
        ValueError, match="2 frames for each token. Received: 9 frames for 5 tokens in row 0"
    ):
        tiny.align(TOKENS, [5, 3], np.zeros((2, 9, 6)), [9, 9])


def test_compiled_by_xla_it_says_the_same(tiny):
    asked = dict(speed=0.5, pitch=1.0, energy=[1.0, 2.0])
    said, by_xla = (tiny.generate(TOKENS, **asked, jit=jit) for jit in (False, True))
    assert set(said) == set(by_xla)
    for name, value in said.items():
        np.testing.assert_allclose(by_xla[name], value, atol=1e-4, err_msg=name)

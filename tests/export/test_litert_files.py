"""What the LiteRT interpreter makes of the files is what Python makes."""

import keras
import numpy as np
import pytest

import keras_speech as ks
from export.interpreter import Files, noise, operations
from export.server import SPEC
from export.tiny_models import VOCABULARY, tiny_model, tiny_voice
from keras_speech.models.vocoder import Vocoder

NEUTRAL = {
    name: np.array([value], "float32")
    for name, value in {"speed": 1.0, "pitch": 0.0, "energy": 0.0}.items()
}

SECOND = np.array([1], "int32")


def random_tokens(n):
    return np.random.default_rng(n).integers(1, VOCABULARY, (1, n)).astype("int32")


def random_mel(frames, spec=SPEC):
    mel = np.random.default_rng(frames).normal(-3.0, 1.0, (1, frames, spec.n_mels))
    return mel.astype("float32")


def rms(a, b):
    return np.sqrt(np.mean(np.square(np.asarray(a) - np.asarray(b))))


@pytest.fixture(scope="module")
def fastspeech2(tmp_path_factory):
    voice = tiny_voice("FastSpeech2", "HiFiGAN")
    return voice, ks.export.litert(voice, tmp_path_factory.mktemp("litert") / "a" / "b")


@pytest.fixture(scope="module")
def tacotron2(tmp_path_factory):
    voice = tiny_voice("Tacotron2", "Vocos")
    return voice, ks.export.litert(voice, tmp_path_factory.mktemp("litert") / "a")


@pytest.mark.parametrize("n", [1, 9, 70])
def test_fastspeech2_and_hifigan_speak_as_in_python(fastspeech2, n):
    voice, directory = fastspeech2
    files, tokens = Files(directory), random_tokens(n)
    asked = {**NEUTRAL, "speed": np.array([1.3], "float32"), "pitch": np.array([2.0], "float32")}
    made = files("acoustic", tokens=tokens, speaker=SECOND, **asked)
    expected = voice.acoustic_model.generate(tokens, speaker=1, speed=1.3, pitch=2.0)
    np.testing.assert_array_equal(made["durations"], expected["durations"])
    np.testing.assert_array_equal(made["lengths"], expected["lengths"])
    for name in ("mel", "alignment"):
        np.testing.assert_allclose(made[name], expected[name], atol=1e-5)
    audio = files("vocoder", mel=made["mel"])["audio"]
    np.testing.assert_allclose(audio, voice.vocoder.generate(made["mel"]), atol=1e-5)


@pytest.mark.parametrize("n, seed, max_frames", [(1, 0, 2000), (9, 3, 2000), (40, 0, 84)])
def test_tacotron2_and_vocos_speak_as_in_python(tacotron2, n, seed, max_frames):
    voice, directory = tacotron2
    model, files, tokens = voice.acoustic_model, Files(directory), random_tokens(n)
    drawn = noise(model, max_frames, seed)
    made = files("acoustic", tokens=tokens, speaker=SECOND, noise=drawn)
    expected = model.generate(tokens, speaker=1, seed=seed, max_frames=max_frames)
    np.testing.assert_array_equal(made["lengths"], expected["lengths"])
    for name in ("mel", "alignment"):
        np.testing.assert_allclose(made[name], expected[name], atol=1e-4)
    mel = random_mel(n)
    audio = files("vocoder", mel=mel)["audio"]
    np.testing.assert_allclose(audio, voice.vocoder.generate(mel), atol=1e-5)


def test_a_wavenet_continues_from_its_own_state(tmp_path):
    model = tiny_model("WaveNet")
    files = Files(ks.export.litert(model, tmp_path / "out"))
    part = files.card["parts"]["wavenet_step"]
    length, context = part["step_length"], part["context_frames"]
    frames, mel = length // files.card["hop_length"], random_mel(18)
    prime = np.random.default_rng(0).normal(0, 0.1, (1, length + 10)).astype("float32")
    state = {
        name: np.zeros(each["shape"], "float32")
        for name, each in part["inputs"].items()
        if name.startswith("state_")
    }
    made = []
    for step in range(18 // frames):
        given = prime[:, step * length : (step + 1) * length]
        first, last = step * frames - context, (step + 1) * frames + context
        out = files(
            "wavenet_step",
            place=np.array([step * length], "int32"),
            seed=np.array([5], "int32"),
            temperature=np.array([part["temperature"]], "float32"),
            given=np.pad(given, [[0, 0], [0, length - given.shape[1]]]),
            n_given=np.array([given.shape[1]], "int32"),
            mel=mel[:, np.clip(np.arange(first, last), 0, 17)],
            **state,
        )
        made.append(out.pop("samples"))
        state = out
    made = np.concatenate(made, axis=1)
    n_prime = prime.shape[1]
    expected = model.generate(made.shape[1] - n_prime, prime=prime, mel=mel, seed=5)
    np.testing.assert_array_equal(made[:, :n_prime], prime)
    np.testing.assert_allclose(made[:, n_prime:], expected, atol=1e-5)


def test_files_have_builtin_operations_only(fastspeech2, tacotron2):
    for _, directory in (fastspeech2, tacotron2):
        for part in ("acoustic", "vocoder"):
            builtin, custom = operations(directory / f"{part}.tflite")
            assert "CONV_2D" in builtin and "CUSTOM" not in builtin
            assert not custom


@pytest.mark.parametrize("weights, share, atol", [("float16", 0.5, 0.003), ("int8", 0.25, 0.05)])
def test_weights_of_fewer_bits_make_smaller_files_that_sound_alike(tmp_path, weights, share, atol):
    keras.utils.set_random_seed(0)
    model = ks.FastSpeech2(
        VOCABULARY, n_mels=20, channels=96, encoder_layers=1, decoder_layers=2, filters=256,
        predictor_filters=32, aligner=False,
    )  # fmt: skip
    # Rounded weights may move the border between two tokens by a frame; not here.
    lengths = model.variance_adaptor.duration_predictor.dense
    lengths.kernel.assign(0.0 * lengths.kernel)
    lengths.bias.assign([1.43])
    vocoder = ks.Vocos(
        SPEC, channels=96, hidden_channels=256, n_blocks=2, mel_start=True, mel_rounds=5,
        phase_rounds=4,
    )  # fmt: skip
    voice = ks.Voice(tiny_voice().tokenizer, model, vocoder, SPEC)
    directory = ks.export.litert(voice, tmp_path / "out", weights=weights)
    files, tokens = Files(directory), random_tokens(12)
    for each, part in ((model, "acoustic"), (vocoder, "vocoder")):
        size = (directory / f"{part}.tflite").stat().st_size
        # Operations, biases and tables keep their size.
        assert size < 4 * each.count_params() * share + 150_000
    made = files("acoustic", tokens=tokens, **NEUTRAL)
    expected = model.generate(tokens)
    np.testing.assert_array_equal(made["durations"], expected["durations"])
    assert rms(made["mel"], expected["mel"]) < atol
    mel = random_mel(40)
    ours, theirs = (
        ks.layers.LogMelSpectrogram(SPEC)(audio)
        for audio in (files("vocoder", mel=mel)["audio"], vocoder.generate(mel))
    )
    assert rms(ours, theirs) < atol


@keras.saving.register_keras_serializable("tests")
class ComplexVocoder(Vocoder):
    """Computes what LiteRT cannot."""

    def vocode(self, mel, mask=None, noise_start=None, seed=None):
        return keras.ops.fft((mel, mel))[0][:, :, 0]


@pytest.mark.parametrize(
    "model, options, message",
    [
        (ComplexVocoder, {}, "Received: ComplexVocoder, which needs .*FFT"),
        (lambda: None, {}, "`model` must be a Voice.*Received: NoneType"),
        (lambda: tiny_model("Vocos"), {"weights": "int4"}, "`weights` must be one of.*int4"),
    ],
    ids=["operation", "kind", "weights"],
)
def test_what_cannot_be_exported_leaves_nothing(tmp_path, model, options, message):
    with pytest.raises(ValueError, match=message):
        ks.export.litert(model(), tmp_path / "a" / "out", **options)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "mine").touch()
    with pytest.raises(ValueError, match="`directory` must not exist or be empty"):
        ks.export.litert(tiny_model("Vocos"), tmp_path)

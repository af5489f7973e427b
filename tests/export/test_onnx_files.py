"""onnxruntime, with the exported files, says what Python says."""

import json
import os
import sys

import numpy as np
import pytest
import tensorflow as tf

import keras_speech as ks
from export.server import SPEC
from export.tiny_models import tiny_model, tiny_voice
from keras_speech.export import device_functions, onnx_files, onnx_graph

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

# Those of the zoo that are most used; the others take longer to convert.
VOICES = [
    ("FastSpeech2", "HiFiGAN"),
    ("Tacotron2", "Vocos"),
    *(
        pytest.param(pair, marks=pytest.mark.slow)
        for pair in [("Tacotron", "GriffinLim"), ("TransformerTTS", "WaveGlow")]
    ),
    pytest.param(("NeuralHMMTTS", "HiFiGAN"), marks=pytest.mark.slow),
]

# Mels are equal to the last bits, and so is most sound. Rounds of Griffin-Lim divide by magnitudes
# that may be next to nothing, so that they carry rounding further.
TOLERANCES = {"GriffinLim": 1e-4}


def run(path, **inputs):
    """The outputs of a file, by name."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_outputs()]
    return dict(zip(names, session.run(None, inputs), strict=True))


def card_of(path):
    return json.loads((path / "model.json").read_text())


@pytest.fixture(scope="module", params=VOICES, ids="-".join)
def exported(request, tmp_path_factory):
    """A voice and the directory of its files."""
    voice = tiny_voice(*request.param)
    return voice, ks.export.onnx(voice, tmp_path_factory.mktemp("onnx") / "a" / "b")


def of_acoustic_model(card, n_tokens):
    """Inputs of a file, and the same for `generate`."""
    rng = np.random.default_rng(n_tokens)
    tokens = rng.integers(1, 20, (1, n_tokens)).astype("int32")
    inputs, options = {"tokens": tokens}, {}
    if "speaker" in card["inputs"]:
        inputs["speaker"], options["speaker"] = np.array([1], "int32"), 1
    for name, control in card.get("controls", {}).items():
        value = control["neutral"] + 0.25
        inputs[name], options[name] = np.array([value], "float32"), value
    if "noise" in card["inputs"]:
        options |= {"max_frames": 120, "seed": 7}
        shape = 120 // card["frames_per_step"], card["noise_channels"]
        inputs["noise"] = np.random.default_rng(7).random(shape, dtype="float32")
    return inputs, options


@pytest.mark.parametrize("n", [1, 9, 40])
def test_mels_are_those_of_generate(exported, n):
    """Of one token, and of more."""
    voice, path = exported
    inputs, options = of_acoustic_model(card_of(path)["parts"]["acoustic"], n)
    outputs = run(path / "acoustic.onnx", **inputs)
    expected = voice.acoustic_model.generate(inputs["tokens"], **options)
    assert set(outputs) >= {"mel", "lengths", "alignment"}
    for name, output in outputs.items():
        np.testing.assert_allclose(output, expected[name], atol=1e-5, err_msg=name)


@pytest.mark.parametrize("n", [1, 9, 40])
def test_sound_is_that_of_generate(exported, n):
    """Of one frame, and of more."""
    voice, path = exported
    mel = np.random.default_rng(n).normal(-3, 1, (1, n, 20)).astype("float32")
    audio = run(path / "vocoder.onnx", mel=mel)["audio"]
    expected = voice.vocoder.generate(mel=mel, seed=0)
    assert np.abs(expected).max() > 0.1
    tolerance = TOLERANCES.get(type(voice.vocoder).__name__, 1e-5)
    np.testing.assert_allclose(audio, expected, atol=tolerance)


def test_has_standard_operations_alone(exported):
    """Those of operator set 18, in loops too; and the files are valid."""
    for name in ("acoustic.onnx", "vocoder.onnx"):
        model = onnx.load(exported[1] / name)
        onnx.checker.check_model(model, full_check=True)
        assert [(each.domain, each.version) for each in model.opset_import] == [("", 18)]
        assert {node.domain for node in onnx_graph.nodes_of(model.graph)} <= {""}


def test_card_names_what_goes_in_and_comes_out(exported):
    voice, path = exported
    assert sorted(os.listdir(path)) == ["acoustic.onnx", "model.json", "vocoder.onnx"]
    card = card_of(path)
    assert card["symbols"]["a"] == voice.tokenizer.symbols.index("a")
    for part in card["parts"].values():
        session = onnxruntime.InferenceSession(path / part["file"])
        assert list(part["inputs"]) == [each.name for each in session.get_inputs()]
        assert sorted(part["outputs"]) == sorted(each.name for each in session.get_outputs())


@pytest.mark.parametrize("kind", ["plain", pytest.param("conditioned", marks=pytest.mark.slow)])
def test_a_wavenet_goes_on_from_its_state(kind, tmp_path):
    """More samples than any queue holds, after some that are given."""
    sizes = dict(
        n_cycles=2, layers_per_cycle=5, residual_channels=6, gate_channels=8, skip_channels=4
    )
    if kind == "conditioned":
        sizes |= dict(
            head=ks.layers.LogisticMixtureHead(2), n_speakers=3, local_channels=4, hop_length=120
        )
    model = ks.WaveNet(**sizes)
    path = ks.export.onnx(model, tmp_path / "out")
    card = card_of(path)["parts"]["wavenet_step"]
    length, n_given, n_samples = card["step_length"], 50, 1200
    prime = np.random.default_rng(0).uniform(-1, 1, (1, n_given)).astype("float32")
    options, inputs = {}, {}
    if kind == "conditioned":
        mel = np.random.default_rng(1).normal(size=(1, 15, 4)).astype("float32")
        options, inputs = {"mel": mel, "speaker": [2]}, {"speaker": np.array([2], "int32")}
    expected = model.generate(n_samples=n_samples, prime=prime, temperature=0.9, seed=3, **options)

    session = onnxruntime.InferenceSession(path / card["file"])
    names = [each.name for each in session.get_outputs()]
    inputs |= {
        "seed": np.array([3], "int32"),
        "temperature": np.array([0.9], "float32"),
        **{
            name: np.zeros(described["shape"], "float32")
            for name, described in card["inputs"].items()
            if name.startswith("state_")
        },
    }
    given = np.pad(prime, [[0, 0], [0, length - n_given]])
    pieces = []
    for place in range(0, n_given + n_samples, length):
        inputs |= {
            "place": np.array([place], "int32"),
            "given": given,
            "n_given": np.array([n_given if place == 0 else 0], "int32"),
        }
        if kind == "conditioned":
            context, first = card["context_frames"], place // 120
            frames = np.arange(first - context, first + length // 120 + context)
            inputs["mel"] = mel[:, frames.clip(0, 14)]
        outputs = dict(zip(names, session.run(None, inputs), strict=True))
        pieces.append(outputs.pop("samples"))
        inputs |= {name.removeprefix("next_"): state for name, state in outputs.items()}
    samples = np.concatenate(pieces, axis=1)[:, n_given : n_given + n_samples]
    # Levels of 8 bits are the same. Samples of a mixture have 16, whose last may go either way.
    tolerance = 1e-5 if kind == "plain" else 1.01 / 2**15
    np.testing.assert_allclose(samples, expected, atol=tolerance)


def test_nothing_is_left_of_what_cannot_be(tmp_path, monkeypatch):
    """The second of the files cannot be made."""
    spec = tf.TensorSpec([1, None], tf.float32, "x")

    def part(name, operation):
        function = tf.function(lambda x: {"y": operation(x)}, input_signature=[spec])
        return device_functions.DeviceFunction(name, function, [spec], ("y",))

    class Odd:
        pass

    parts = {"able": part("acoustic", tf.exp), Odd(): part("vocoder", tf.math.digamma)}
    monkeypatch.setattr(onnx_files, "device_parts", lambda model: parts)
    with pytest.raises(ValueError, match="Received: Odd. ONNX has no operation for Digamma"):
        ks.export.onnx(None, tmp_path / "a" / "out")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "mine").touch()
    with pytest.raises(ValueError, match="`directory` must not exist or be empty"):
        ks.export.onnx(tiny_model("Vocos"), tmp_path)


def test_other_things_are_refused(tmp_path):
    with pytest.raises(ValueError, match="`model` must be a Voice.*Received: str"):
        ks.export.onnx("kathleen", tmp_path / "out")


def test_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ImportError, match=r"pip install \"keras-speech\[onnx\]\""):
        ks.export.onnx(tiny_model("Vocos"), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("weights, share, atol", [("float16", 0.5, 0.003), ("int8", 0.25, 0.05)])
def test_weights_of_fewer_bits_make_smaller_files_that_sound_alike(tmp_path, weights, share, atol):
    model = ks.Vocos(
        SPEC, channels=96, hidden_channels=256, n_blocks=2, mel_start=True, mel_rounds=3
    )
    path = ks.export.onnx(model, tmp_path / "out", weights=weights)
    assert card_of(path)["weights"] == weights
    # Operations, biases and tables keep their size.
    size = (path / "vocoder.onnx").stat().st_size
    assert size < 4 * model.count_params() * share + 150_000
    mel = np.random.default_rng(0).normal(-3, 1, (1, 40, 20)).astype("float32")
    audio, expected = run(path / "vocoder.onnx", mel=mel)["audio"], model.generate(mel=mel)
    ours, theirs = (np.asarray(ks.layers.LogMelSpectrogram(SPEC)(x)) for x in (audio, expected))
    assert np.sqrt(np.mean(np.square(ours - theirs))) < atol


def test_unknown_weights_are_refused(tmp_path):
    with pytest.raises(ValueError, match="`weights` must be one of.*int4"):
        ks.export.onnx(tiny_model("Vocos"), tmp_path / "out", weights="int4")


@pytest.mark.slow
def test_the_bundled_voice_speaks_as_in_python(kathleen, tmp_path):
    path = ks.export.onnx(kathleen, tmp_path / "out")
    for text in ("I see.", "The quick brown fox jumps over the lazy dog, and then it sleeps."):
        tokens = np.asarray(kathleen.tokenizer([text])[0], "int32")
        controls = card_of(path)["parts"]["acoustic"]["controls"]
        neutral = {name: np.array([each["neutral"]], "float32") for name, each in controls.items()}
        mel = run(path / "acoustic.onnx", tokens=tokens, **neutral)["mel"]
        np.testing.assert_allclose(mel, kathleen.acoustic_model.generate(tokens)["mel"], atol=2e-5)
        audio = run(path / "vocoder.onnx", mel=mel)["audio"]
        # Its vocoder ends with rounds of Griffin-Lim.
        np.testing.assert_allclose(audio, kathleen.vocoder.generate(mel=mel, seed=0), atol=2e-3)

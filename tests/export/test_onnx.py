"""onnxruntime, with the exported files, says what Python says."""

import json
import os
import sys

import numpy as np
import pytest

import keras_speech as ks
from export.tiny_models import ACOUSTIC_MODELS, tiny_model, tiny_voice

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

# Those of the zoo that are most used; the others take longer to convert.
FIRST = ("FastSpeech2", "Tacotron2", "HiFiGAN", "Vocos")
OTHERS = ("Tacotron", "TransformerTTS", "NeuralHMMTTS", "GriffinLim", "WaveGlow")
NAMES = [*FIRST, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]

# Mels are equal to the last bits. Rounds of Griffin-Lim divide by magnitudes that may be next to
# nothing, so that the sound of vocoders with such rounds carries rounding further.
TOLERANCES = {"GriffinLim": 1e-4, "Vocos": 1e-4}


def run(path, **inputs):
    """The outputs of a file, by name."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return dict(
        zip([each.name for each in session.get_outputs()], session.run(None, inputs), strict=True)
    )


@pytest.fixture(scope="module", params=NAMES)
def exported(request, tmp_path_factory):
    """A model and the directory of its files."""
    model = tiny_model(request.param)
    return model, ks.export.onnx(model, tmp_path_factory.mktemp("onnx") / request.param)


def files_of(path):
    return [each for each in sorted(path.iterdir()) if each.suffix == ".onnx"]


def of_acoustic_model(card, n_tokens):
    """Inputs of a file, and the same for `generate`."""
    rng = np.random.default_rng(n_tokens)
    tokens = rng.integers(1, 20, (1, n_tokens)).astype("int32")
    inputs, options = {"tokens": tokens}, {"max_frames": 120}
    if "speaker" in card["inputs"]:
        inputs["speaker"], options["speaker"] = np.array([1], "int32"), 1
    for name, control in card.get("controls", {}).items():
        value = control["neutral"] + 0.25
        inputs[name], options[name] = np.array([value], "float32"), value
    if "noise" in card["inputs"]:
        steps = options["max_frames"] // card["frames_per_step"]
        shape = steps, card["noise_channels"]
        inputs["noise"] = np.random.default_rng(7).random(shape, dtype="float32")
        options["seed"] = 7
    return inputs, options


@pytest.mark.parametrize("n", [1, 9, 40])
def test_outputs_are_those_of_generate(exported, n):
    """Of 1 token or frame, and of more."""
    model, path = exported
    (file,) = files_of(path)
    name = type(model).__name__
    if name in ACOUSTIC_MODELS:
        card = json.loads((path / "model.json").read_text())["parts"]["acoustic"]
        inputs, options = of_acoustic_model(card, n)
        outputs, expected = run(file, **inputs), model.generate(inputs["tokens"], **options)
        assert set(outputs) >= {"mel", "lengths", "alignment"}
        for each in outputs:
            np.testing.assert_allclose(outputs[each], expected[each], atol=1e-5, err_msg=each)
    else:
        mel = np.random.default_rng(n).normal(-3, 1, (1, n, 20)).astype("float32")
        audio, expected = run(file, mel=mel)["audio"], model.generate(mel=mel, seed=0)
        assert np.abs(expected).max() > 0.1
        np.testing.assert_allclose(audio, expected, atol=TOLERANCES.get(name, 1e-5))


def test_has_standard_operations_alone(exported):
    """Those of operator set 18, in loops too; and the files are valid."""
    from keras_speech.export.onnx_graph import nodes_of

    (file,) = files_of(exported[1])
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    assert [(each.domain, each.version) for each in model.opset_import] == [("", 18)]
    assert {node.domain for node in nodes_of(model.graph)} <= {""}


def test_card_names_what_goes_in_and_comes_out(exported):
    _, path = exported
    (part,) = json.loads((path / "model.json").read_text())["parts"].values()
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
    card = json.loads((path / "model.json").read_text())["parts"]["wavenet_step"]
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
    # Levels of 8 bits are the same; other samples are equal to the last bits.
    np.testing.assert_allclose(samples, expected, atol=1e-5)


def test_a_voice_is_two_files_and_a_card(tmp_path):
    voice = tiny_voice("FastSpeech2", "HiFiGAN")
    path = ks.export.onnx(voice, tmp_path / "deep" / "out")
    assert sorted(os.listdir(path)) == ["acoustic.onnx", "model.json", "vocoder.onnx"]
    card = json.loads((path / "model.json").read_text())
    assert card["symbols"]["a"] == voice.tokenizer.symbols.index("a")
    assert card["speakers"] == ["ann", "bob", "cid"]
    with pytest.raises(ValueError, match="`directory` must not exist or be empty"):
        ks.export.onnx(voice, path)


def test_nothing_is_left_of_what_cannot_be(tmp_path):
    """The second of the files cannot be made."""

    class Odd(ks.HiFiGAN):
        def vocode(self, mel, mask=None, noise_start=None, seed=None):
            import tensorflow as tf

            return tf.math.digamma(super().vocode(mel, mask, noise_start, seed))

    voice = tiny_voice("FastSpeech2", "HiFiGAN")
    voice.vocoder = Odd.from_config(voice.vocoder.get_config())
    with pytest.raises(ValueError, match="Received: a Odd. ONNX has no operation for Digamma"):
        ks.export.onnx(voice, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("model", [None, 3, "kathleen"])
def test_other_things_are_refused(model, tmp_path):
    with pytest.raises(ValueError, match="`model` must be a Voice"):
        ks.export.onnx(model, tmp_path / "out")


def test_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ImportError, match=r"pip install \"keras-speech\[onnx\]\""):
        ks.export.onnx(tiny_model("HiFiGAN"), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []

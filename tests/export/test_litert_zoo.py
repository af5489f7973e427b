"""The whole zoo, and the bundled voices, under the LiteRT interpreter; minutes."""

import re
import wave
from pathlib import Path

import numpy as np
import pytest

import keras_speech as ks
from export.interpreter import Files, noise, operations
from export.server import SPEC
from export.test_litert_files import NEUTRAL, random_mel, random_tokens, rms
from export.tiny_models import tiny_model

pytestmark = pytest.mark.slow

TEXTS = ("Yes.", "The quick brown fox jumps over the lazy dog, while nobody looks.")

GUIDE = Path(__file__).parents[2] / "docs" / "on_devices.md"


@pytest.mark.parametrize("name", ["NeuralHMMTTS", "Tacotron", "TransformerTTS"])
def test_other_acoustic_models_speak_as_in_python(name, tmp_path):
    model = tiny_model(name)
    files = Files(ks.export.litert(model, tmp_path / "out"))
    assert not operations(tmp_path / "out" / "acoustic.tflite")[1]
    for n in (1, 9, 40):
        tokens = random_tokens(n)
        made = files("acoustic", tokens=tokens, noise=noise(model, 400), **NEUTRAL)
        expected = model.generate(tokens, max_frames=400)
        np.testing.assert_array_equal(made["lengths"], expected["lengths"])
        for key in made.keys() - {"lengths"}:
            np.testing.assert_allclose(made[key], expected[key], atol=1e-4)


@pytest.mark.parametrize("name", ["GriffinLim", "WaveGlow"])
def test_other_vocoders_sound_as_in_python(name, tmp_path):
    model = tiny_model(name)
    files = Files(ks.export.litert(model, tmp_path / "out"))
    assert not operations(tmp_path / "out" / "vocoder.tflite")[1]
    for frames in (1, 9, 70):
        mel = random_mel(frames)
        audio = files("vocoder", mel=mel)["audio"]
        np.testing.assert_allclose(audio, model.generate(mel), atol=1e-4)


def test_transforms_need_no_power_of_two(tmp_path):
    spec = ks.AudioSpec(**{**SPEC.to_dict(), "n_fft": 240, "win_length": 240, "hop_length": 60})
    model = ks.Vocos(spec, channels=8, hidden_channels=8, n_blocks=1, phase_rounds=2)
    expected = model.generate(random_mel(9, spec))
    for weights, atol in (("float32", 1e-4), ("int8", 0.02)):
        files = Files(ks.export.litert(model, tmp_path / weights, weights=weights))
        audio = files("vocoder", mel=random_mel(9, spec))["audio"]
        np.testing.assert_allclose(audio, expected, atol=atol)


def test_a_wavenet_without_a_condition_starts_from_nothing(tmp_path):
    model = ks.WaveNet(
        n_cycles=2, layers_per_cycle=5, residual_channels=6, gate_channels=8, skip_channels=4,
        n_speakers=2,
    )  # fmt: skip
    files = Files(ks.export.litert(model, tmp_path / "out"))
    part = files.card["parts"]["wavenet_step"]
    length, made = part["step_length"], []
    # The state of the first step is not looked at.
    state = {
        name: np.full(each["shape"], 7.0, "float32")
        for name, each in part["inputs"].items()
        if name.startswith("state_")
    }
    for step in range(8):
        state = files(
            "wavenet_step",
            place=np.array([step * length], "int32"),
            seed=np.array([2], "int32"),
            temperature=np.array([part["temperature"]], "float32"),
            given=np.zeros((1, length), "float32"),
            n_given=np.array([0], "int32"),
            speaker=np.array([1], "int32"),
            **state,
        )
        made.append(state.pop("samples"))
    expected = model.generate(8 * length, speaker=1, seed=2)
    np.testing.assert_allclose(np.concatenate(made, axis=1), expected, atol=1e-5)


# What is allowed: of the mel, and of the log-mel of the sound of one mel, in nats (RMS). A decoder
# that reads its own output goes further astray.
KINDS = {"float32": (1e-3, 0.005), "float16": (0.02, 0.005), "int8": (0.6, 0.15)}


@pytest.mark.parametrize("weights", KINDS)
@pytest.mark.parametrize("name", ["kathleen", "kathleen-tacotron2"])
def test_bundled_voices_speak_on_devices(name, weights, tmp_path):
    voice = ks.Voice.from_preset(name)
    directory = ks.export.litert(voice, tmp_path / "out", weights=weights)
    files, (of_mel, of_sound) = Files(directory), KINDS[weights]
    decoder = getattr(voice.acoustic_model, "decoder", None)
    drawn = noise(voice.acoustic_model) if hasattr(decoder, "prenet_units") else None
    log_mel = ks.layers.LogMelSpectrogram(voice.spec)
    for text in TEXTS:
        tokens, _ = voice.tokenizer([text])
        made = files("acoustic", tokens=np.asarray(tokens, "int32"), noise=drawn, **NEUTRAL)
        expected = voice.acoustic_model.generate(tokens)
        if weights != "int8":
            np.testing.assert_array_equal(made["lengths"], expected["lengths"])
        frames = min(made["mel"].shape[1], expected["mel"].shape[1])
        assert abs(made["mel"].shape[1] - expected["mel"].shape[1]) <= 0.05 * frames
        if made["mel"].shape == expected["mel"].shape:
            assert rms(made["mel"], expected["mel"]) < of_mel
        mel = np.asarray(expected["mel"])
        audio = files("vocoder", mel=mel)["audio"]
        assert rms(log_mel(audio), log_mel(voice.vocoder.generate(mel))) < of_sound
        if weights == "float32":
            speech, audio = voice.speak(text).samples, files("vocoder", mel=made["mel"])["audio"]
            gain = np.abs(speech).max() / np.abs(audio).max()
            np.testing.assert_allclose(gain * audio[0], speech, atol=0.01)


def test_the_guides_examples_write_a_sound(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    exported, by_litert, by_onnx = blocks
    names = {}
    exec(exported, names)
    ks.export.onnx(names["voice"], "kathleen-onnx")
    for block in (by_litert, by_onnx):
        exec(block, names)
        with wave.open("hello.wav") as file:
            assert file.getframerate() == 22050
            assert 1.0 < file.getnframes() / file.getframerate() < 4.0
        Path("hello.wav").unlink()

"""`keras-speech export` writes what a server loads."""

import json
import shutil

import numpy as np
import pytest
import tensorflow as tf

import keras_speech as ks
from cli.conftest import VOICE_SPEC
from keras_speech.cli.main import main


def test_a_voice_becomes_a_version_that_speaks(voice_directory, loaded_once, tmp_path, capsys):
    assert main(["export", str(voice_directory), str(tmp_path / "out"), "--version", "3"]) == 0
    path = tmp_path / "out" / "3"
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    expected = f"{path}: SavedModel of {voice_directory}, {size / 1e6:.1f} MB, made in "
    assert capsys.readouterr().out.startswith(expected)
    speak = tf.saved_model.load(str(path)).signatures["serving_default"]
    samples = ks.Voice.from_preset(voice_directory).speak("A bee.").samples
    np.testing.assert_allclose(speak(text=tf.constant(["A bee."]))["audio"][0], samples, atol=1e-5)


def test_a_vocoder_becomes_a_version_and_the_next(tmp_path, capsys):
    model = ks.Vocos(VOICE_SPEC, channels=4, hidden_channels=4, n_blocks=1)
    directory = ks.models.save_model_preset(model, tmp_path / "vocoder")
    for version in ("1", "2"):
        assert main(["export", str(directory), str(tmp_path / "out")]) == 0
        assert capsys.readouterr().out.startswith(str(tmp_path / "out" / version))


@pytest.mark.parametrize("weights", [None, "float16", "int8"])
def test_a_voice_becomes_a_smaller_one(voice_directory, loaded_once, tmp_path, capsys, weights):
    argv = ["export", str(voice_directory), str(tmp_path / "small"), "--format", "preset"]
    assert main(argv + (["--weights", weights] if weights else [])) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"{tmp_path / 'small'}: preset of {voice_directory}, ")
    small, voice = (ks.Voice.from_preset(each) for each in (tmp_path / "small", voice_directory))
    assert (small.name, small.speakers) == (voice.name, voice.speakers)
    fields = json.loads((tmp_path / "small" / "voice.json").read_text())
    assert fields["weights_dtype"] == (weights or "float32")
    step = {None: 0, "float16": 2**-11, "int8": 1 / 254}[weights]
    for ours, theirs in zip(
        voice.acoustic_model.weights, small.acoustic_model.weights, strict=True
    ):
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        assert np.abs(ours - theirs).max() <= 1.001 * step * np.abs(ours).max(initial=1e-9)


def test_notices_go_with_a_copy_of_a_voice(voice_directory, tmp_path):
    shutil.copytree(voice_directory, tmp_path / "licensed")
    (tmp_path / "licensed" / "LICENSE-words.txt").write_text("keep this")
    argv = ["export", str(tmp_path / "licensed"), str(tmp_path / "copy"), "--format", "preset"]
    assert main(argv) == 0
    assert (tmp_path / "copy" / "LICENSE-words.txt").read_text() == "keep this"


def test_a_model_becomes_a_smaller_one_with_its_card(tmp_path):
    model = ks.Vocos(VOICE_SPEC, channels=64, hidden_channels=64, n_blocks=1)
    wide = ks.models.save_model_preset(model, tmp_path / "wide", license="CC0", metadata={"a": 1})
    small = tmp_path / "small"
    assert main(["export", str(wide), str(small), "--format", "preset", "--weights", "int8"]) == 0
    cards = [ks.models.load_model_preset(each)[1] for each in (wide, small)]
    assert cards[1] == {**cards[0], "weights_dtype": "int8"}
    sizes = [(each / "model.keras").stat().st_size for each in (wide, small)]
    assert sizes[1] < sizes[0] / 2


def test_a_version_that_is_there_is_refused_before_anything_is_loaded(
    voice_directory, tmp_path, capsys, monkeypatch
):
    (tmp_path / "3").mkdir()
    monkeypatch.setattr(ks.Voice, "from_preset", None)
    assert main(["export", str(voice_directory), str(tmp_path), "--version", "3"]) == 1
    assert "`version` must not be there yet" in capsys.readouterr().err


@pytest.mark.parametrize("kind, suffix", [("LiteRT", "tflite"), ("ONNX", "onnx")])
def test_a_model_becomes_files_for_devices(kind, suffix, tmp_path, capsys):
    model = ks.Vocos(VOICE_SPEC, channels=4, hidden_channels=4, n_blocks=1)
    directory = ks.models.save_model_preset(model, tmp_path / "vocoder")
    argv = ["export", str(directory), str(tmp_path / "out"), "--format", kind.lower()]
    assert main([*argv, "--weights", "float16"]) == 0
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'out'}: {kind} files of {directory}, ")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["model.json", f"vocoder.{suffix}"]
    assert main(argv) == 1
    assert "`directory` must not exist or be empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv, message",
    [
        (["tony", "out"], "VOICE `tony` is neither a directory, nor a .keras file, nor a voice"),
        (["kathleen", "file"], "OUT `file` is a file"),
        (["piano", "out", "--vocoder", "griffin-lim"], "--vocoder is for voices"),
        (["kathleen", "out", "--format", "preset", "--version", "2"], "--version is for --format"),
        (["kathleen", "out", "--vocoder", "gone"], "--vocoder `gone` must be griffin-lim"),
        (["piano", "out", "--weights", "int8"], "--weights is not for --format saved_model"),
        (["piano", "out", "--format", "litert", "--version", "2"], "--version is for --format sav"),
    ],
)
def test_wrong_arguments_exit_with_2(argv, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    assert main(["export", *argv]) == 2
    assert message in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]

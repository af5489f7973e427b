"""`keras-speech serve` hands its options on; tests/serving has the server itself."""

import dataclasses
import os
import sys

import pytest

from keras_speech import serving
from keras_speech.cli.main import main


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """That of a user who has set nothing; as it was after the test."""
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS")


@pytest.fixture
def served(monkeypatch):
    """What `serve` was called with, a list of `(models, options)`."""
    calls = []

    def serve(models, *, started, **options):
        started("http://127.0.0.1:1")
        calls.append((models, options))

    monkeypatch.setattr(serving, "serve", serve)
    return calls


def test_a_voice_is_served_on_this_machine_alone(voice_directory, loaded_once, served, capsys):
    assert main(["serve", str(voice_directory)]) == 0
    ((models, options),) = served
    assert {name: model.voice.name for name, model in models.items()} == {"tiny": "tiny"}
    assert options == {"host": "127.0.0.1", "port": 8000, "limits": serving.Limits()}
    line = "http://127.0.0.1:1: tiny as the model tiny; Ctrl-C stops it\n"
    assert capsys.readouterr().out == line


def test_tensorflow_keeps_nothing_for_each_length_of_a_sentence(
    voice_directory, loaded_once, served, monkeypatch
):
    assert main(["serve", str(voice_directory)]) == 0
    assert os.environ["TF_ENABLE_ONEDNN_OPTS"] == "0"
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")  # unless the user wants it to
    assert main(["serve", str(voice_directory)]) == 0
    assert os.environ["TF_ENABLE_ONEDNN_OPTS"] == "1"


def test_each_limit_is_an_option(voice_directory, loaded_once, served):
    limits = dataclasses.asdict(serving.Limits())
    argv = [f"--{name.replace('_', '-')}={limits[name] * 2}" for name in limits]
    argv += ["--host", "::1", "--port", "0", "--name", "mine", "--vocoder", "griffin-lim"]
    assert main(["serve", str(voice_directory), *argv]) == 0
    ((models, options),) = served
    assert dataclasses.asdict(options["limits"]) == {name: limits[name] * 2 for name in limits}
    assert (options["host"], options["port"], list(models)) == ("::1", 0, ["mine"])


def test_several_are_served_by_their_names(voice_directory, loaded_once, served, capsys):
    argv = [str(voice_directory), f"mine={voice_directory}", f"third.3={voice_directory}"]
    assert main(["serve", *argv]) == 0
    ((models, _),) = served
    assert list(models) == ["tiny", "mine", "third.3"]
    assert "tiny as the model tiny, tiny as the model mine, tiny as" in capsys.readouterr().out


def test_a_directory_with_an_equals_sign_is_no_name(tmp_path, monkeypatch, capsys):
    (tmp_path / "a=b").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "./a=b"]) == 1
    assert "There is no voice in 'a=b'" in capsys.readouterr().err


def test_a_saved_model_has_its_own_vocoder(tmp_path, served, capsys):
    (tmp_path / "1").mkdir()
    assert main(["serve", str(tmp_path), "--vocoder", "griffin-lim"]) == 2
    assert "--vocoder is for voices; the SavedModel" in capsys.readouterr().err and not served


def test_two_of_one_name_are_refused(voice_directory, loaded_once, served, capsys):
    assert main(["serve", str(voice_directory), str(voice_directory)]) == 1
    assert "two with the name 'tiny'" in capsys.readouterr().err and not served


def test_a_missing_package_is_named_before_the_voice_is_loaded(
    voice_directory, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.setattr("keras_speech.voices.Voice.from_preset", None)
    assert main(["serve", str(voice_directory)]) == 1
    message = 'The server needs the package `uvicorn`: pip install "keras-speech[serve]"'
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv, message",
    [
        (["a=tony"], "VOICE `tony` is neither a directory nor a voice"),
        (["kathleen", "a=kathleen", "--name", "b"], "--name is for one VOICE"),
        (["a=kathleen", "--name", "b"], "--name is for one VOICE"),
        (["tony"], "VOICE `tony` is neither a directory nor a voice"),
        (["kathleen", "--port", "65536"], "must be from 0 to 65535"),
        (["kathleen", "--timeout", "inf"], "--timeout must be finite"),
        (["kathleen", "--max-text", "0"], "must be a whole number from 1"),
        (["kathleen", "--vocoder", "gone"], "--vocoder `gone` must be griffin-lim"),
    ],
)
def test_wrong_arguments_exit_with_2(argv, message, capsys):
    assert main(["serve", *argv]) == 2
    assert message in capsys.readouterr().err

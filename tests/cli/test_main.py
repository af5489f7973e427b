"""Exit codes, help and errors of the command line as a whole."""

import signal
import subprocess
import sys

import pytest

from keras_speech.cli import voices
from keras_speech.cli.errors import CommandError
from keras_speech.cli.main import main

COMMANDS = ["speak", "voices", "generate", "train", "evaluate", "export", "serve", "data-service"]
MODELS = ["tacotron2", "fastspeech2", "tacotron", "transformer-tts", "neural-hmm", "wavenet"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_with_examples(command, capsys):
    assert main([command, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"usage: keras-speech {command}" in out
    assert f"examples:\n  keras-speech {command}" in out


@pytest.mark.parametrize("model", MODELS)
def test_help_of_a_training_explains_with_examples(model, capsys):
    assert main(["train", model, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"usage: keras-speech train {model}" in out
    assert f"examples:\n  keras-speech train {model}" in out


def test_no_command_shows_the_help(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(f"\n    {command}" in out for command in COMMANDS)


def test_version(capsys):
    import keras_speech

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"keras-speech {keras_speech.__version__}\n"


@pytest.mark.parametrize(
    "argv, message",
    [
        (["dance"], "invalid choice: 'dance'"),
        (["speak", "Hi.", "--speed", "fast"], "--speed: must be a number from 0.25 to 4"),
        (["speak", "Hi.", "--speed", "nan"], "--speed: must be a number from 0.25 to 4"),
        (["speak", "Hi.", "--seed", "-1"], "--seed: must be a whole number from 0"),
        (["train", "tacotron2"], "required: --data, --out/-o, --epochs"),
        (["train", "tacotron9", "--data", "a", "--out", "b", "--epochs", "1"], "'tacotron9'"),
        (["train"], "required: MODEL"),
        (["train", "wavenet"], "required: --data, --out/-o, --epochs"),
        (["generate"], "required: MODEL"),
        (["generate", "piano", "--seconds", "0"], "--seconds/-s: must be a number above 0"),
        (["generate", "piano", "--temperature", "0"], "--temperature: must be a number above 0"),
        (["generate", "piano", "--temperature", "-1"], "--temperature: must be a number above 0"),
        (["generate", "piano", "--top-p", "1.5"], "--top-p: must be a number above 0 to 1"),
        (["evaluate"], "required: --data"),
        (["export", "kathleen"], "required: OUT"),
        (["export", "kathleen", "out", "--version", "0"], "--version: must be a whole number from"),
        (["export", "kathleen", "out", "--format", "mp3"], "--format: invalid choice: 'mp3'"),
    ],
    ids=str,
)
def test_wrong_arguments_exit_with_2(argv, message, capsys):
    assert main(argv) == 2
    error = capsys.readouterr().err
    assert error.startswith("keras-speech: error: ") and message in error


@pytest.mark.parametrize(
    "error, code, message",
    [
        (CommandError("it rained"), 1, "keras-speech: error: it rained\n"),
        (ValueError("`a` must be 1. Received: a=2."), 1, "keras-speech: error: `a` must be 1."),
        (PermissionError(13, "Permission denied", "f.wav"), 1, "`f.wav`: Permission denied"),
        (KeyError("x"), 1, "KeyError: 'x' (--debug shows where)"),
        (MemoryError(), 1, "out of memory"),
        (KeyboardInterrupt(), 130, "keras-speech: interrupted"),
    ],
    ids=repr,
)
def test_failures_are_sentences(error, code, message, capsys, monkeypatch):
    def fail():
        raise error

    monkeypatch.setattr(voices, "bundled_cards", fail)
    assert main(["voices"]) == code
    captured = capsys.readouterr()
    assert message in captured.err and "Traceback" not in captured.err


@pytest.mark.parametrize("argv", [["--debug", "voices"], ["voices", "--debug"]], ids=" ".join)
def test_debug_shows_the_traceback(argv, capsys, monkeypatch):
    def fail():
        raise CommandError("it rained")

    monkeypatch.setattr(voices, "bundled_cards", fail)
    assert main(argv) == 1
    error = capsys.readouterr().err
    assert "Traceback" in error and "in fail" in error
    assert error.endswith("keras-speech: error: it rained\n")


PROBE = """
import sys
from keras_speech.cli.main import main
code = main(sys.argv[1:])
loaded = {"keras", "matplotlib", "soundfile", "tensorflow"} & sys.modules.keys()
assert not loaded, loaded
sys.exit(code)
"""


@pytest.mark.parametrize(
    "argv, code",
    [
        (["train", "--help"], 0),
        (["train", "wavenet", "--help"], 0),
        (["generate", "nothing"], 2),
        (["voices"], 0),
        (["speak", "Hi.", "--voice", "nobody"], 2),
        (["train", "tacotron2", "--data", "nowhere", "--out", "run", "--epochs", "1"], 2),
    ],
    ids=str,
)
def test_nothing_slow_loads_before_there_is_work(argv, code, environment, tmp_path):
    """Keras and TensorFlow take seconds to import; a mistyped argument need not wait for them."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *argv],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stderr
    assert "Error" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_reader_that_goes_away_is_no_error(environment):
    """As in `keras-speech voices --json | head -0`."""
    command = f"{sys.executable} -m keras_speech.cli voices --json"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | true"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_sigterm_unwinds_and_its_handler_is_put_back(monkeypatch):
    """What cleans up on Ctrl-C cleans up when the process is asked to end."""
    cleaned = []

    def run(arguments):
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            cleaned.append(True)

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("keras_speech.cli.voices.bundled_cards", lambda: run(None))
    with pytest.raises(SystemExit) as stop:
        main(["voices"])
    assert stop.value.code == 143
    assert cleaned == [True]
    assert signal.getsignal(signal.SIGTERM) is before

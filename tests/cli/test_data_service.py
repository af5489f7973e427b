"""`keras-speech data-service`: its arguments; `tests/data/test_service.py` runs its processes."""

import signal
import socket
import subprocess
import sys

import pytest

from keras_speech.cli.main import main


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["worker"], "a worker needs --dispatcher HOST:PORT."),
        (["dispatcher", "--dispatcher", "a:1"], "are options of a worker"),
        (["dispatcher", "--address", "a:1"], "are options of a worker"),
        (["dispatcher", "--port", "65536"], "--port must not exceed 65535. Received: 65536"),
        (["dispatcher", "--port", "-1"], "must be a whole number from 0"),
        (["worker", "--dispatcher", "nowhere"], "--dispatcher: must be HOST:PORT"),
        (["worker", "--dispatcher", "a:b"], "--dispatcher: must be HOST:PORT"),
        (["worker", "--dispatcher", ":5050"], "--dispatcher: must be HOST:PORT"),
        (["worker", "--dispatcher", "::1"], "--dispatcher: must be HOST:PORT"),
        (["worker", "--dispatcher", "a:65536"], "--dispatcher: must be HOST:PORT"),
        (["worker", "--dispatcher", "http://a:1"], "--dispatcher: must be HOST:PORT"),
        (["worker", "--dispatcher", "a:1", "--address", "b"], "--address: must be HOST:PORT"),
        (["client"], "invalid choice: 'client'"),
    ],
)
def test_wrong_arguments_are_explained(arguments, message, capsys):
    assert main(["data-service", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_help_warns_of_who_may_reach_it(capsys):
    assert main(["data-service", "--help"]) == 0
    assert "no\npassword and no encryption" in capsys.readouterr().out


def test_a_port_that_is_taken_is_explained(capsys):
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["data-service", "dispatcher", "--port", port]) == 1
    assert "The service could not be started: " in capsys.readouterr().err


def test_a_worker_says_whom_it_waits_for_and_can_be_stopped():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        command = [sys.executable, "-m", "keras_speech.cli", "data-service", "worker"]
        worker = subprocess.Popen(
            [*command, "--dispatcher", address], stderr=subprocess.PIPE, text=True
        )
        try:
            line = worker.stderr.readline()
            worker.send_signal(signal.SIGTERM)
            code = worker.wait(timeout=30)
        finally:
            worker.kill()
            worker.communicate()
    assert line.startswith(f"waiting for the dispatcher {address} (")
    assert "refused" in line
    assert code == 128 + signal.SIGTERM

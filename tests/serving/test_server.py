"""The command on a real port, in a process of its own: it serves, and ends in good order."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from keras_speech.serving.server import serve


@pytest.fixture(scope="module")
def saved(voice, tmp_path_factory):
    return voice.save_to_preset(tmp_path_factory.mktemp("served") / "tiny")


@pytest.fixture
def command(saved):
    """Starts `keras-speech serve` on a free port; gives the process and its URL."""
    root = str(Path(__file__).parents[2])
    paths = filter(None, [root, os.environ.get("PYTHONPATH")])
    process = subprocess.Popen(
        [sys.executable, "-m", "keras_speech.cli", "serve", str(saved), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )  # fmt: skip
    line = process.stdout.readline()
    found = re.fullmatch(r"(http://127\.0\.0\.1:\d+): voice as the model voice; .*\n", line)
    assert found, (line, process.kill(), process.stderr.read())
    yield process, found[1]
    process.kill()
    process.communicate()


def ask(url, content=None):
    """Status and body of an answer."""
    data = None if content is None else json.dumps(content).encode()
    try:
        with urllib.request.urlopen(url, data, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_it_serves_and_finishes_what_is_running(command):
    process, url = command
    assert ask(f"{url}/healthz")[0] == 200
    while ask(f"{url}/readyz")[0] != 200:
        time.sleep(0.05)
    status, body = ask(f"{url}/v1/models/voice:predict", {"instances": ["One."]})
    assert status == 200 and json.loads(body)["predictions"][0]["sample_rate"] == 8000
    assert ask(f"{url}/v1/models/voice:predict", {})[0] == 400

    content = {"model": "voice", "input": "One is here. " * 150, "response_format": "wav"}
    asked = urllib.request.Request(f"{url}/v1/audio/speech", json.dumps(content).encode())
    with urllib.request.urlopen(asked, timeout=60) as answer:
        answer.read(44)
        process.send_signal(signal.SIGTERM)
        # It listens no more, and yet this one comes to its end: 150 sentences are alike.
        rest = answer.read()
    with pytest.raises(urllib.error.URLError):
        ask(f"{url}/healthz")
    assert process.wait(30) == 0
    assert process.stderr.read() == ""
    assert len(rest) > 150 * 2 * 1000


def test_ctrl_c_ends_it(voice):
    urls = []

    def started(url):
        urls.append(url)
        os.kill(os.getpid(), signal.SIGINT)

    serve(voice, port=0, started=started)
    with pytest.raises(urllib.error.URLError):
        ask(f"{urls[0]}/healthz")


def test_a_port_that_is_taken_is_named(voice):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1, port {port}: .*in use"):
            serve(voice, port=port)


def test_it_can_be_called_from_python(voice):
    """In a thread there are no signals to wait for; the URL is that of a free port."""
    urls, up = [], threading.Event()

    def started(url):
        urls.append(url)
        up.set()

    thread = threading.Thread(
        target=serve, args=(voice,), kwargs={"port": 0, "started": started}, daemon=True
    )
    thread.start()
    assert up.wait(30)
    assert ask(f"{urls[0]}/v1/models/voice")[0] == 200

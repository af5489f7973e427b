"""The command on a real port, in a process of its own: it serves, and ends in good order."""

import json
import os
import signal
import socket
import threading
import urllib.error
import urllib.request

import pytest

from keras_speech.serving.server import _listening, serve
from serving.processes import served


@pytest.fixture(scope="module")
def saved(voice, tmp_path_factory):
    return voice.save_to_preset(tmp_path_factory.mktemp("served") / "tiny")


@pytest.fixture
def command(saved):
    """The process of `keras-speech serve`, ready, and its URL."""
    with served(saved) as started:
        yield started


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


def test_small_packets_are_sent_at_once():
    """The body of an answer does not wait until its head has been acknowledged."""
    with _listening("127.0.0.1", 0) as listener:
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


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

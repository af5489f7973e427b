"""Thousands of wrong requests, by its own description and by chance, get 4xx and do no harm."""

import http.client
import itertools
import json
import re
import socket
import subprocess
import sys
import urllib.parse
import urllib.request

import numpy as np
import pytest

from serving.malformed import requests
from serving.processes import served

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance"
CHECKS += ",negative_data_rejection,unsupported_method"


@pytest.fixture(scope="module")
def url(voice, tmp_path_factory):
    """Of a server; after all of this, it must still speak."""
    saved = voice.save_to_preset(tmp_path_factory.mktemp("served") / "tiny")
    with served(saved, "--name", "tiny") as (process, url):
        yield url
        assert process.poll() is None
        content = json.dumps({"instances": ["One."]}).encode()
        with urllib.request.urlopen(f"{url}/v1/models/tiny:predict", content) as answer:
            assert len(json.loads(answer.read())["predictions"][0]["audio"]) > 100


def post(url, pairs):
    """Yields `(path, body, status, answer)`."""
    place = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    for path, body in pairs:
        # Not as http.client would have it, which refuses to send what is no URL.
        connection.putrequest("POST", urllib.parse.quote(path, safe="/%:{}*~"), skip_host=False)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        yield path, body, answer.status, answer.read()
    connection.close()


@pytest.mark.parametrize("n", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_wrong_requests_get_errors_in_json(url, n):
    # Another seed than that of the small number: not the same requests again.
    for path, body, status, answer in post(url, itertools.islice(requests(seed=n), n)):
        assert 400 <= status < 500, (path, body[:300], status, answer[:300])
        error = json.loads(answer)["error"]
        assert error if isinstance(error, str) else error["message"], (path, body[:300])


@pytest.mark.parametrize("n", [30, pytest.param(1_000, marks=pytest.mark.slow)])
def test_what_contradicts_the_description_is_refused(url, n, tmp_path):
    # The slow one also walks what schemathesis calls coverage: each rule broken once.
    phases = "fuzzing" if n == 30 else "coverage,fuzzing"
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json",
        "--mode", "negative", "--max-examples", str(n), "--phases", phases, "--checks", CHECKS,
        "--seed", "1", "--continue-on-failure", "--suppress-health-check", "all",
    ]  # fmt: skip
    if n == 30:
        command += ["--include-method", "POST"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    generated = int(re.search(r"([\d,]+) generated", done.stdout)[1].replace(",", ""))
    assert generated >= n


@pytest.mark.parametrize("n", [100, pytest.param(2_000, marks=pytest.mark.slow)])
def test_what_is_no_http_is_refused_or_left(url, n):
    random = np.random.default_rng(n)
    place = urllib.parse.urlsplit(url)
    head = b"POST /v1/audio/speech HTTP/1.1\r\nHost: a\r\n"
    for each in range(n):
        sent = (
            random.bytes(random.integers(1, 300)),
            head[: random.integers(1, len(head))],
            head + b"Content-Length: -1\r\n\r\n",
            head + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n",
            head + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
            head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            head + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
            head + b"Content-Length: 100\r\n\r\n{",
        )[each % 8]
        with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
            try:
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
            except ConnectionError:
                continue  # It hung up.
        assert not answer or re.match(rb"HTTP/1\.1 4\d\d ", answer), (sent[:200], answer[:200])

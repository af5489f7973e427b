"""Every path answers, and everything else is an error in JSON."""

import json
import time

import pytest

import keras_speech as ks
from serving.conftest import client_of, until_ready

ERROR = {"error": "Not Found"}


def test_it_is_ready_when_the_voice_has_spoken(voice):
    with client_of(voice) as client:
        until_ready(client)
        assert client.http.get("/readyz").json() == {"status": "ready"}


def test_a_voice_that_does_not_speak_is_never_ready(voice, monkeypatch):
    def broken(self):
        raise FloatingPointError

    monkeypatch.setattr(ks.Voice, "warm_up", broken)
    with client_of(voice) as client:
        time.sleep(0.1)
        assert client.http.get("/readyz").status_code == 503
        assert client.http.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/v1", "/healthz/", "/v1/models", "/v2/models/tiny"])
def test_unknown_paths_are_404(client, path):
    answer = client.http.get(path)
    assert (answer.status_code, answer.json()) == (404, ERROR)


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("POST", "/healthz", "GET"),
        ("DELETE", "/v1/models/tiny", "GET"),
        ("GET", "/v1/models/tiny:predict", "POST"),
        ("PUT", "/v1/models/tiny:predict", "POST"),
        ("GET", "/v1/models/tiny/versions/1:predict", "POST"),
        ("GET", "/v1/audio/speech", "POST"),
    ],
)
def test_wrong_methods_are_405(client, method, path, allowed):
    answer = client.http.request(method, path)
    assert answer.status_code == 405 and allowed in answer.headers["allow"]
    assert answer.json()["error"]


def test_other_models_and_versions_are_404(client):
    for path in ("/v1/models/other", "/v1/models/tiny/versions/2", "/v1/models/a%2Fb/metadata"):
        assert client.http.get(path).status_code == 404
    request = {"instances": ["One."]}
    client.predict(request, status=404, path="/v1/models/other:predict")
    client.predict(request, status=404, path="/v1/models/tiny/versions/01:predict")
    client.predict(request, path="/v1/models/tiny/versions/1:predict")


def test_status_is_that_of_tensorflow_serving(client):
    expected = {
        "version": "1",
        "state": "AVAILABLE",
        "status": {"error_code": "OK", "error_message": ""},
    }
    for path in ("/v1/models/tiny", "/v1/models/tiny/versions/1"):
        assert client.http.get(path).json() == {"model_version_status": [expected]}


def test_metrics_count_requests_and_sound(voice):
    with client_of(voice) as client:
        sound = client.predict({"instances": ["One. Two."]})["predictions"][0]
        client.http.get("/nowhere/secret")
        client.predict(b"", status=400)
        page = client.http.get("/metrics").text
    lines = dict(line.rsplit(" ", 1) for line in page.splitlines() if line[0] != "#")
    of = 'keras_speech_requests_total{code="%s",path="%s"}'
    assert lines[of % (200, "/v1/models/{name}:predict")] == "1.0"
    assert lines[of % (400, "/v1/models/{name}:predict")] == "1.0"
    assert lines[of % (404, "unknown")] == "1.0" and "secret" not in page
    seconds = sound["audio_lengths"] / sound["sample_rate"]
    assert float(lines['keras_speech_audio_seconds_total{model="tiny"}']) == pytest.approx(seconds)
    assert lines["keras_speech_requests_in_flight"] == "1.0"  # that of the page itself
    assert lines['keras_speech_request_seconds_count{path="/v1/models/{name}:predict"}'] == "2.0"


def test_what_nobody_expected_is_500_without_its_details(voice, monkeypatch):
    from keras_speech.serving import signatures

    def broken(*arguments):
        raise RuntimeError("a secret")

    with client_of(voice) as client:
        monkeypatch.setattr(signatures, "spoken", broken)
        answer = client.predict({"instances": ["One."]}, status=500)
    assert answer == {"error": "Something failed inside the server."}


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a:b", "ä"])
def test_names_fit_into_urls(voice, name):
    with pytest.raises(ValueError, match="`name` must be of letters"):
        ks.serving.application(voice, name=name)


def test_missing_packages_are_named(voice, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "starlette", None)
    with pytest.raises(ModuleNotFoundError, match=r'`starlette`: pip install "keras-speech\[serve'):
        ks.serving.application(voice)


def test_errors_survive_halves_of_characters(client):
    content = b'{"instances": ["\\ud800"]}'
    assert "must be UTF-8 text" in client.predict(content, status=400)["error"]
    answer = client.http.post("/v1/audio/speech", content=b'{"model": "\\ud800", "input": "a"}')
    assert answer.status_code == 400 and json.loads(answer.content)["error"]["param"] == "model"

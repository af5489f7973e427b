"""Several models side by side: each by its name, one queue for all, ready when all are."""

import json
import time

import pytest

from keras_speech.serving.model import model_of_voice
from serving.conftest import client_of, until_ready


@pytest.fixture(scope="module")
def client(voice, saved_model):
    with client_of({"tiny": voice, "saved": saved_model, "..tiny": voice}) as made:
        yield made


def test_each_is_asked_by_its_name(client):
    for name, version in (("tiny", "1"), ("saved", "3")):
        answer = client.http.get(f"/v1/models/{name}").json()
        assert answer["model_version_status"][0]["version"] == version
        assert client.http.get(f"/v1/models/{name}/versions/{version}").json() == answer
        other = {"1": "3", "3": "1"}[version]
        assert client.http.get(f"/v1/models/{name}/versions/{other}").status_code == 404
        client.predict({"instances": ["One."]}, path=f"/v1/models/{name}:predict")
        content = {"instances": ["One."]}
        client.predict(content, path=f"/v1/models/{name}/versions/{version}:predict")


def test_a_model_speaks_for_itself_alone(client, monkeypatch):
    """The saved one is not asked where the other is meant."""
    monkeypatch.setattr("keras_speech.serving.exported.ExportedVoice.call", None)
    client.speech(model="tiny")
    assert client.speech(model="saved", status=500).json()["error"]["type"] == "server_error"


def test_what_is_served_is_named_where_another_is_asked_for(client):
    error = client.predict({}, status=404, path="/v1/models/other:predict")["error"]
    assert (
        error == "There is no model 'other'; there is tiny, version 1; saved, version 3; ..tiny, "
        "version 1."
    )
    error = client.speech(model="other", status=404).json()["error"]
    assert (
        error["code"] == "model_not_found"
        and "tiny, saved, ..tiny can be asked" in error["message"]
    )


TRICKS = [
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f",
    "%00",
    "saved%00",
    "saved%2f3",
    "%2ftmp",
    "a" * 9000,
]
TRICKS += [
    "%c3%a4",
    "s%E2%80%AEaved",
    "saved%20",
    "SAVED",
    "%ff",
    "saved%2f..%2ftiny",
    "~",
    "*",
    ".",
]


@pytest.mark.parametrize("name", TRICKS, ids=range(len(TRICKS)))
def test_names_reach_no_file(client, name, monkeypatch):
    """They are looked up among those that are served, and nothing is opened."""

    def opened(*arguments, **options):
        raise AssertionError(f"opened {arguments}")

    monkeypatch.setattr("builtins.open", opened)
    monkeypatch.setattr("pathlib.Path.open", opened)
    for path in ("", "/metadata", "/versions/1", "/versions/%2e%2e"):
        answer = client.http.get(f"/v1/models/{name}{path}")
        assert answer.status_code == 404 and json.loads(answer.content)["error"]
    assert client.http.post(f"/v1/models/{name}:predict", content=b"{}").status_code == 404
    content = json.dumps({"model": name, "input": "One."})
    assert client.http.post("/v1/audio/speech", content=content).status_code == 404


def test_requests_of_all_models_wait_in_one_queue(voice, monkeypatch):
    import threading

    from keras_speech.serving import signatures

    begun, go, spoken = threading.Event(), threading.Event(), signatures.spoken

    def waiting(*arguments):
        begun.set()
        go.wait(20)
        return spoken(*arguments)

    with client_of({"tiny": voice, "other": voice}, max_requests=1) as client:
        until_ready(client)
        monkeypatch.setattr(signatures, "spoken", waiting)
        first = threading.Thread(target=client.predict, args=({"instances": ["One."]},))
        first.start()
        assert begun.wait(20)
        client.speech(model="other", status=429)
        go.set()
        first.join(20)


def test_it_is_ready_when_all_are(voice):
    calls = []

    def broken():
        calls.append("broken")
        raise FloatingPointError

    good = model_of_voice(voice, "good")
    bad = type(good)("bad", "1", "bad", good.signatures, voice, broken)
    with client_of({"good": good, "bad": bad}) as client:
        until = time.monotonic() + 30
        while not calls and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.05)
        assert client.http.get("/readyz").status_code == 503
        assert client.predict({"instances": ["One."]}, path="/v1/models/good:predict")


def test_the_description_has_all_of_them(client):
    paths = client.http.get("/openapi.json").json()["paths"]
    names = paths["/v1/models/{name}"]["get"]["parameters"][0]["schema"]
    assert names == {"type": "string", "enum": ["tiny", "saved", "..tiny"]}
    versions = paths["/v1/models/{name}/versions/{version}"]["get"]["parameters"][1]["schema"]
    assert versions["enum"] == ["1", "3"]
    body = paths["/v1/audio/speech"]["post"]["requestBody"]["content"]["application/json"]
    spoken = [each["properties"]["model"]["const"] for each in body["schema"]["anyOf"]]
    assert spoken == ["tiny", "saved", "..tiny"]


def test_all_that_speaks_is_listed(client):
    listed = {each["name"]: each for each in client.http.get("/v1/voices").json()["voices"]}
    assert list(listed) == ["tiny", "saved", "..tiny"]
    # A SavedModel of the voice says the same of itself, but has no pictures.
    same = {key: value for key, value in listed["tiny"].items() if key not in DIFFERENT}
    assert {key: listed["saved"][key] for key in same} == same
    assert listed["tiny"]["pictures"] and not listed["saved"]["pictures"]


DIFFERENT = ("name", "pictures", "mel_hz")


def test_lines_of_a_saved_model_have_sound_alone(client):
    lines = {}
    for name in ("tiny", "saved"):
        answer = client.speech(model=name, input="One. And two?", response_format="jsonl")
        lines[name] = [json.loads(line) for line in answer.text.splitlines()]
        assert [line["text"] for line in lines[name]] == ["One.", "And two?"]
    for ours, theirs in zip(lines["tiny"], lines["saved"], strict=True):
        assert len(ours["audio"]["b64"]) == len(theirs["audio"]["b64"])
        assert ours["mel"] and theirs["mel"] is theirs["alignment"] is theirs["symbols"] is None

"""A tiny voice behind the application, without a port."""

import contextlib
import json
import time
import warnings

import pytest

import keras_speech as ks
from export.tiny_models import tiny_voice
from keras_speech.export import loading
from keras_speech.serving.model import model_of_saved_model


class Client:
    """Calls an application, and reads its answers."""

    def __init__(self, http):
        self.http = http

    def predict(self, content, *, status=200, path="/v1/models/tiny:predict"):
        """The JSON of an answer to `content`, bytes or what JSON can hold."""
        body = content if isinstance(content, bytes) else json.dumps(content)
        answer = self.http.post(path, content=body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/json"
        return json.loads(answer.content)

    def speech(self, *, status=200, **content):
        """The answer to a request of OpenAI's kind."""
        content = {"model": "tiny", "input": "One.", "voice": "ann"} | content
        answer = self.http.post("/v1/audio/speech", content=json.dumps(content))
        assert answer.status_code == status, answer.text
        return answer


@contextlib.contextmanager
def client_of(voice, **limits):
    """A `Client` of an application with these limits, of a voice or a dict of models."""
    with warnings.catch_warnings():
        # Starlette would rather have httpx2, which its older versions do not know.
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient

    limits = ks.serving.Limits(**limits)
    models = voice if isinstance(voice, dict) else {"tiny": voice}
    with TestClient(ks.serving.application(models, limits=limits)) as http:
        yield Client(http)


def until_ready(client):
    """Waits until the voice has spoken for the first time."""
    until = time.monotonic() + 30
    while client.http.get("/readyz").status_code == 503 and time.monotonic() < until:
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def seeded():
    """Replaces that of all tests: a new seed makes TensorFlow prepare every function anew."""


@pytest.fixture(scope="session")
def voice():
    """With three speakers, and a control of pitch."""
    return tiny_voice()


@pytest.fixture(scope="session")
def saved(voice, tmp_path_factory):
    """The directory of the versions of its SavedModel, of which there is the third."""
    directory = tmp_path_factory.mktemp("export") / "saved"
    ks.export.saved_model(voice, directory, version=3)
    return directory


@pytest.fixture(scope="session")
def loaded(saved):
    """The SavedModel, loaded."""
    return loading.load(saved)


@pytest.fixture(scope="session")
def saved_model(loaded):
    """The SavedModel as the `Model` that is served."""
    return model_of_saved_model(loaded, "saved")


@pytest.fixture(scope="module")
def client(voice):
    with client_of(voice) as made:
        yield made

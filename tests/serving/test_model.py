"""SavedModels of models alone are asked for predictions, by their own inputs."""

import numpy as np
import pytest

import keras_speech as ks
from export.tiny_models import tiny_model
from keras_speech.export import loading
from keras_speech.serving import model as serving_model
from seeding import set_random_seed
from serving.conftest import client_of
from serving.test_predict import called

KINDS = {
    "FastSpeech2": lambda: tiny_model("FastSpeech2"),
    "HiFiGAN": lambda: tiny_model("HiFiGAN"),
    "WaveNet": lambda: ks.WaveNet(
        n_cycles=1, layers_per_cycle=4, residual_channels=6, gate_channels=8, skip_channels=4
    ),
}

MEL = np.random.default_rng(0).normal(-2, 1, (3, 6, 20)).round(3).tolist()

REQUESTS = {
    "FastSpeech2": {
        "serving_default": {"tokens": [[3, 4, 5], [6, 0, 0]]},
        "generate": {
            "tokens": [[3, 4, 5], [6, 7, 0]], "token_lengths": [3, 2], "speaker": [0, 2],
            "speed": [1.0, 1.5], "pitch": [0.0, 2.0], "seed": 5,
        },
    },
    "HiFiGAN": {
        "serving_default": {"mel": MEL},
        "vocode": {"mel": MEL, "lengths": [6, 0, 3]},
        "generate": {"mel": MEL, "lengths": [6, 0, 3], "seed": [0, 1, 2**62]},
    },
    "WaveNet": {
        "serving_default": {
            "prime": [[0.1, 0.2], [0.0, 0.0]], "n_samples": 30, "temperature": 0.5, "seed": 7,
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def all_loaded(tmp_path_factory):
    directory = tmp_path_factory.mktemp("alone")
    set_random_seed(1)
    return {
        name: loading.load(ks.export.saved_model(make(), directory / name))
        for name, make in KINDS.items()
    }


@pytest.fixture(scope="module")
def client(all_loaded):
    models = {
        name: serving_model.model_of_saved_model(loaded, name)
        for name, loaded in all_loaded.items()
    }
    with client_of(models, max_text=50) as made:
        yield made


@pytest.mark.parametrize(
    "name, signature", [(name, each) for name, all in REQUESTS.items() for each in all]
)
def test_answers_are_those_of_tensorflow(client, all_loaded, name, signature):
    columns, path = REQUESTS[name][signature], f"/v1/models/{name}:predict"
    expected = called(all_loaded[name], signature, columns)
    answer = client.predict({"signature_name": signature, "inputs": columns}, path=path)["outputs"]
    if len(expected) == 1:
        answer = {next(iter(expected)): answer}
    assert answer.keys() == expected.keys()
    for key, value in answer.items():
        np.testing.assert_allclose(np.array(value), expected[key], atol=1e-6)
    if not all(isinstance(values, list) for values in columns.values()):
        content = {"signature_name": signature, "instances": [{}]}
        assert "`inputs` must be used" in client.predict(content, status=400, path=path)["error"]
        return
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    content = {"signature_name": signature, "instances": rows}
    by_rows = client.predict(content, path=path)["predictions"]
    assert {key: [row[key] for row in by_rows] for key in by_rows[0]} == answer


SPOKEN = REQUESTS["FastSpeech2"]["generate"]
DRAWN = REQUESTS["WaveNet"]["serving_default"]


@pytest.mark.parametrize(
    "name, signature, inputs, message",
    [
        ("FastSpeech2", "serving_default", {"tokens": [[3], [4, 5]]}, "all lists equally long"),
        ("FastSpeech2", "serving_default", {"tokens": [3]}, "must be numbers of the shape"),
        ("FastSpeech2", "serving_default", {"tokens": [[3.5]]}, "`tokens` must be whole numbers"),
        ("FastSpeech2", "serving_default", {"tokens": [[2**31]]}, "that int32 holds"),
        ("FastSpeech2", "serving_default", {"tokens": [[3] * 51]}, "at most 50 tokens, not 51"),
        ("FastSpeech2", "serving_default", {"tokens": [[999]]}, "tokens must be in [0, 32"),
        ("FastSpeech2", "serving_default", {"tokens": []}, "must have a row and a column"),
        ("FastSpeech2", "generate", SPOKEN | {"speed": [9.0, 1.0]}, "must be from 0.25 to 4"),
        ("FastSpeech2", "generate", SPOKEN | {"speaker": [0, 9]}, "speaker must be in"),
        ("FastSpeech2", "generate", SPOKEN | {"seed": [5]}, "`seed` must be a whole number"),
        ("FastSpeech2", "generate", SPOKEN | {"seed": -1}, "seed must not be negative"),
        ("HiFiGAN", "vocode", {"mel": MEL, "lengths": [7, 0, 0]}, "lengths must fit the mel"),
        ("HiFiGAN", "vocode", {"mel": [[[1e39] * 20]], "lengths": [1]}, "finite numbers"),
        ("WaveNet", "", DRAWN | {"n_samples": 500_001}, "at most 1000000"),
        ("WaveNet", "", DRAWN | {"n_samples": -1}, "n_samples must not be negative"),
        ("WaveNet", "", DRAWN | {"temperature": 0}, "temperature must be above 0"),
        ("WaveNet", "", DRAWN | {"temperature": [1.0]}, "`temperature` must be a finite number"),
        ("WaveNet", "", DRAWN | {"prime": 7}, "`prime` must be a list"),
    ],
)  # fmt: skip
def test_wrong_inputs_are_400(client, name, signature, inputs, message):
    content = {"signature_name": signature, "inputs": inputs}
    error = client.predict(content, status=400, path=f"/v1/models/{name}:predict")["error"]
    assert message in error


def test_answers_have_an_end(client, monkeypatch):
    from keras_speech.serving import signatures

    monkeypatch.setattr(signatures, "MAX_NUMBERS", 100)
    for name in KINDS:
        content = {"inputs": REQUESTS[name]["serving_default"]}
        if name == "WaveNet":
            content["inputs"] = DRAWN | {"n_samples": 101}
        path = f"/v1/models/{name}:predict"
        assert "more than 100" in client.predict(content, status=400, path=path)["error"]


def test_there_must_be_a_row(client):
    content = {"signature_name": "vocode", "inputs": {"mel": [], "lengths": []}}
    answer = client.predict(content, status=400, path="/v1/models/HiFiGAN:predict")
    assert answer["error"] == "A request must have a row."


def test_they_do_not_speak(client):
    assert client.http.post("/v1/audio/speech", content=b"{}").status_code == 404
    document = client.http.get("/openapi.json").json()
    assert "/v1/audio/speech" not in document["paths"]
    metadata = client.http.get("/v1/models/WaveNet/metadata").json()["metadata"]
    inputs = metadata["signature_def"]["signature_def"]["serving_default"]["inputs"]
    assert inputs["n_samples"]["dtype"] == "DT_INT32"
    assert inputs["n_samples"]["tensor_shape"] == {"dim": [], "unknown_rank": False}

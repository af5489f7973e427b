"""Predictions are those of the exported voice, asked for as TensorFlow Serving is asked."""

import base64
import json

import numpy as np
import pytest
from google.protobuf import json_format

from export import server
from keras_speech.voices import sound_files
from serving.conftest import client_of

TEXT = "One is here. And the other, that is a longer one, is there!"


@pytest.fixture(scope="module")
def both(voice, saved_model):
    """Serves the voice, and its SavedModel."""
    with client_of({"tiny": voice, "saved": saved_model}) as made:
        yield made


def called(loaded, name, columns):
    """What the SavedModel answers to TensorFlow itself."""
    import tensorflow as tf

    function = loaded.module.signatures[name]
    specs = function.structured_input_signature[1]
    tensors = {key: tf.constant(columns[key], specs[key].dtype) for key in specs}
    return {key: value.numpy() for key, value in function(**tensors).items()}


OPTIONS = {"speaker": ["", "cid"], "speed": [1.0, 1.2], "pitch": [0.0, -3.0]}
MEL = np.random.default_rng(0).normal(-2, 1, (2, 5, 20)).round(3)

REQUESTS = {
    "serving_default": {"text": [TEXT, "", "?!", "Other."]},
    "speak": {"text": ["A word.", TEXT], **OPTIONS, "seed": [0, 7]},
    "mel": {"text": ["A word.", TEXT], **OPTIONS},
    "vocode": {"mel": MEL.tolist(), "lengths": [5, 3]},
}


@pytest.mark.parametrize("served", ["tiny", "saved"])
@pytest.mark.parametrize("name", REQUESTS)
def test_answers_are_those_of_the_exported_voice(both, loaded, name, served):
    columns, path = REQUESTS[name], f"/v1/models/{served}:predict"
    expected = called(loaded, name, columns)
    answer = both.predict({"signature_name": name, "inputs": columns}, path=path)["outputs"]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    by_rows = both.predict({"signature_name": name, "instances": rows}, path=path)["predictions"]
    assert {key: [row[key] for row in by_rows] for key in by_rows[0]} == answer
    assert answer.keys() == expected.keys()
    for key, value in answer.items():
        value = np.array(value)
        assert value.shape == expected[key].shape, key
        if value.dtype.kind == "f" and name == "mel":
            # What follows the end of a row is up to whoever pads it.
            for row, length in enumerate(expected["lengths"]):
                np.testing.assert_allclose(
                    value[row, :length], expected[key][row, :length], atol=1e-4
                )
        else:
            np.testing.assert_allclose(value, expected[key], atol=1e-4)


def test_metadata_is_that_of_the_exported_voice(both, loaded):
    """The voice's own differs in the names of tensors, and in the number of the version."""
    of = lambda name: both.http.get(f"/v1/models/{name}/metadata").json()  # noqa: E731
    assert of("tiny")["model_spec"] == {"name": "tiny", "signature_name": "", "version": "1"}
    assert of("saved")["model_spec"] == {"name": "saved", "signature_name": "", "version": "3"}
    saved, ours = (
        of(name)["metadata"]["signature_def"]["signature_def"] for name in ("saved", "tiny")
    )
    meta_graph = server.meta_graph(loaded.directory)
    assert saved.keys() == ours.keys() == loaded.inputs.keys()
    for name in saved:
        definition = json_format.MessageToDict(
            meta_graph.signature_def[name],
            preserving_proto_field_name=True,
            always_print_fields_with_no_presence=True,
        )
        for tensors in ("inputs", "outputs"):
            assert saved[name][tensors] == definition[tensors]
            types = lambda each: (each["dtype"], len(each["tensor_shape"]["dim"]))  # noqa: E731
            assert {key: types(each) for key, each in ours[name][tensors].items()} == {
                key: types(each) for key, each in saved[name][tensors].items()
            }
        assert saved[name]["method_name"] == definition["method_name"]


@pytest.mark.parametrize("served", ["tiny", "saved"])
def test_wav_bytes_are_base64_of_the_files(both, voice, served):
    def predict(content):
        return both.predict(content, path=f"/v1/models/{served}:predict")

    expected = sound_files.wav_bytes(voice.speak(TEXT).samples, 8000)
    expected = {"b64": base64.b64encode(expected).decode()}
    for name, instance in (("wav_bytes", TEXT), ("wav_bytes", {"text": TEXT})):
        answer = predict({"signature_name": name, "instances": [instance]})
        assert answer == {"predictions": [expected]}
    answer = predict({"signature_name": "wav_bytes", "inputs": [TEXT]})
    assert answer == {"outputs": [expected]}
    columns = {"text": [TEXT], "speaker": [""], "speed": [1], "pitch": [0], "seed": [0]}
    answer = predict({"signature_name": "speak_wav_bytes", "inputs": columns})
    assert answer == {"outputs": [expected]}


def test_text_may_come_as_base64(client):
    encoded = {"b64": base64.b64encode(b"Two.").decode()}
    expected = client.predict({"instances": ["Two."]})
    assert client.predict({"instances": [encoded]}) == expected
    assert client.predict({"instances": [{"text": encoded}]}) == expected


SPEAK = {"text": ["A."], "speaker": [""], "speed": [1], "pitch": [0], "seed": [0]}


@pytest.mark.parametrize(
    "content, message",
    [
        ({}, "either `instances` or `inputs`"),
        ({"instances": ["A."], "inputs": ["A."]}, "either `instances` or `inputs`"),
        ({"instances": ["A."], "other": 1}, "no field 'other'"),
        ({"instances": ["A."], "signature_name": "sing"}, "`signature_name` must be one of"),
        ({"instances": ["A."], "signature_name": [1]}, "`signature_name` must be one of"),
        ({"instances": []}, "`instances` must be a list, not empty"),
        ({"instances": "A."}, "`instances` must be a list"),
        ({"instances": [7]}, "`text` must be UTF-8 text"),
        ({"instances": [None]}, "`text` must be UTF-8 text"),
        ({"instances": [["A."]]}, "`text` must be UTF-8 text"),
        ({"instances": [{"txt": "A."}]}, "`text` must be UTF-8 text"),
        ({"instances": [{"b64": "!"}]}, "`text` must be UTF-8 text"),
        ({"instances": [{"b64": "/w=="}]}, "`text` must be UTF-8 text"),
        ({"inputs": "A."}, "`text` must be a list"),
        ({"inputs": {"text": ["A."], "speed": [1]}}, "must have exactly text"),
        ({"signature_name": "speak", "instances": ["A."]}, "must have exactly text, speaker"),
    ],
)
def test_wrong_requests_are_400(client, content, message):
    assert message in client.predict(content, status=400)["error"]


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"speed": [9]}, "`speed` must be a number from 0.25 to 4"),
        ({"speed": ["1"]}, "`speed` must be a finite number"),
        ({"speed": [True]}, "`speed` must be a finite number"),
        ({"speed": [10**400]}, "`speed` must be a finite number"),
        ({"pitch": [13]}, "`pitch` must be a number from -12 to 12"),
        ({"seed": [-1]}, "`seed` must be a whole number, at least 0"),
        ({"seed": [1.5]}, "`seed` must be a whole number that int64 holds"),
        ({"seed": [2**63]}, "`seed` must be a whole number that int64 holds"),
        ({"speaker": ["zoe"]}, "`speaker` must be one of ann, bob, cid"),
        ({"seed": [0, 0]}, "equally many rows"),
    ],
)
def test_wrong_options_are_400(client, changed, message):
    content = {"signature_name": "speak", "inputs": SPEAK | changed}
    assert message in client.predict(content, status=400)["error"]


@pytest.mark.parametrize(
    "mel, lengths",
    [
        ([[[0.0] * 19]], [1]),
        ([[[0.0] * 20], []], [1, 0]),
        ([[[0.0] * 19 + ["0"]]], [1]),
        ([[[1e39] * 20]], [1]),
        ([0.0], [0]),
        ([[[0.0] * 20]], [2]),
        ([[[0.0] * 20]], [-1]),
    ],
)
def test_wrong_mels_are_400(client, mel, lengths):
    content = {"signature_name": "vocode", "inputs": {"mel": mel, "lengths": lengths}}
    client.predict(content, status=400)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"7", b"null", b"\xff{}", b'{"instances": [NaN]}', b"[" * 100_000,
        b'{"a":' * 100_000, b'{"instances": [' + b"1" * 5000 + b"]}", json.dumps("a").encode(),
        b'{"signature_name": "speak", "inputs": {"speed": [1e999]}}',
    ],
    ids=lambda body: repr(body[:12]),
)  # fmt: skip
def test_what_is_no_request_is_400(client, body):
    assert client.predict(body, status=400)["error"]

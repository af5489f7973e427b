"""Predictions are those of the exported voice, asked for as TensorFlow Serving is asked."""

import base64
import json

import numpy as np
import pytest

from keras_speech.export.voice_signatures import voice_signatures
from keras_speech.voices import sound_files

TEXT = "One is here. And the other, that is a longer one, is there!"


@pytest.fixture(scope="module")
def exported(voice):
    return {name: each.function for name, each in voice_signatures(voice).items()}


def specs_of(function):
    """Inputs of an exported signature by name."""
    return {spec.name: spec for spec in function.structured_input_signature[0]}


OPTIONS = {"speaker": ["", "cid"], "speed": [1.0, 1.2], "pitch": [0.0, -3.0]}
MEL = np.random.default_rng(0).normal(-2, 1, (2, 5, 20)).round(3)

REQUESTS = {
    "serving_default": {"text": [TEXT, "", "?!", "Other."]},
    "speak": {"text": ["A word.", TEXT], **OPTIONS, "seed": [0, 7]},
    "mel": {"text": ["A word.", TEXT], **OPTIONS},
    "vocode": {"mel": MEL.tolist(), "lengths": [5, 3]},
}


@pytest.mark.parametrize("name", REQUESTS)
def test_answers_are_those_of_the_exported_voice(client, exported, name):
    import tensorflow as tf

    function, columns = exported[name], REQUESTS[name]
    tensors = [tf.constant(columns[key], spec.dtype) for key, spec in specs_of(function).items()]
    expected = {key: value.numpy() for key, value in function(*tensors).items()}
    answer = client.predict({"signature_name": name, "inputs": columns})["outputs"]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    by_rows = client.predict({"signature_name": name, "instances": rows})["predictions"]
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


def test_metadata_is_that_of_the_exported_voice(client, exported):
    answer = client.http.get("/v1/models/tiny/metadata").json()
    assert answer["model_spec"] == {"name": "tiny", "signature_name": "", "version": "1"}
    signatures = answer["metadata"]["signature_def"]["signature_def"]
    assert signatures.keys() == exported.keys()
    for name, function in exported.items():
        specs = specs_of(function), function.structured_outputs
        for theirs, tensors in zip(specs, ("inputs", "outputs"), strict=True):
            ours = {
                key: (value["dtype"], [int(dim["size"]) for dim in value["tensor_shape"]["dim"]])
                for key, value in signatures[name][tensors].items()
            }
            types = {"string": "DT_STRING", "float32": "DT_FLOAT", "bool": "DT_BOOL"}
            types |= {"int32": "DT_INT32", "int64": "DT_INT64"}
            # Some functions leave a size open that is always the same.
            assert {key: (kind, len(shape)) for key, (kind, shape) in ours.items()} == {
                key: (types[spec.dtype.name], len(spec.shape)) for key, spec in theirs.items()
            }


def test_wav_bytes_are_base64_of_the_files(client, voice):
    expected = sound_files.wav_bytes(voice.speak(TEXT).samples, 8000)
    expected = {"b64": base64.b64encode(expected).decode()}
    for name, instance in (("wav_bytes", TEXT), ("wav_bytes", {"text": TEXT})):
        answer = client.predict({"signature_name": name, "instances": [instance]})
        assert answer == {"predictions": [expected]}
    answer = client.predict({"signature_name": "wav_bytes", "inputs": [TEXT]})
    assert answer == {"outputs": [expected]}
    columns = {"text": [TEXT], "speaker": [""], "speed": [1], "pitch": [0], "seed": [0]}
    answer = client.predict({"signature_name": "speak_wav_bytes", "inputs": columns})
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

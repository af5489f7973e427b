"""A SavedModel of a voice is heard sentence by sentence, and asked as the voice itself is."""

import dataclasses
import io

import numpy as np
import pytest
import soundfile

from keras_speech.serving.exported import ExportedVoice
from serving.conftest import client_of
from serving.test_predict import SPEAK, called

# Ends of all kinds, one that is none, a pause behind what is not spoken, more than eight sentences.
LONG = (
    "One? Two, mr. smith; three.\n\nA new one! (Four!) ?! five. Six: {K AE1 T} seven. Be. See. Do. "
)
LONG += "a long one without an end, " * 9

# The number of sentences that are spoken at once changes how products are rounded, as in Python,
# and phases magnify that.
ATOL = 1e-3


@pytest.fixture(scope="module")
def client(saved_model):
    with client_of({"tiny": saved_model}) as made:
        yield made


@pytest.mark.parametrize("speed", [1.0, 0.7])
def test_its_sentences_are_those_of_the_whole_text(client, loaded, speed):
    columns = {"text": [LONG], "speaker": ["bob"], "speed": [speed], "pitch": [2.0], "seed": [3]}
    expected = called(loaded, "speak", columns)["audio"][0]
    answer = client.speech(
        input=LONG, voice="bob", speed=speed, pitch=2, seed=3, response_format="wav"
    )
    samples, rate = soundfile.read(io.BytesIO(answer.content))
    assert rate == 8000 and len(samples) == len(expected)
    np.testing.assert_allclose(samples, expected, atol=2**-15 + ATOL)
    # A prediction is made of the same sentences.
    content = {"signature_name": "speak", "inputs": columns}
    audio = client.predict(content)["outputs"]["audio"][0]
    np.testing.assert_allclose(audio, expected, atol=ATOL)


def test_sentences_are_made_when_they_are_asked_for(saved_model, monkeypatch):
    calls = []
    call = type(saved_model.voice).call

    def counted(self, *arguments):
        calls.append(arguments[1])
        return call(self, *arguments)

    monkeypatch.setattr(type(saved_model.voice), "call", counted)
    steps = saved_model.signatures["serving_default"].run(text=["One. Two. Three."])
    next(steps)
    assert calls == ["One."]


@pytest.mark.parametrize("name", ["", "default", "tiny", "ann", None])
def test_the_first_speaker_has_other_names(client, name):
    expected = client.speech(voice="ann", response_format="wav").content
    assert client.speech(voice=name, response_format="wav").content == expected
    assert client.speech(voice="cid", response_format="wav").content != expected


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"speed": [9]}, "`speed` must be a number from 0.25 to 4"),
        ({"speed": ["1"]}, "`speed` must be a finite number"),
        ({"pitch": [13]}, "`pitch` must be a number from -12 to 12"),
        ({"seed": [-1]}, "`seed` must be a whole number, at least 0"),
        ({"seed": [2**63]}, "`seed` must be a whole number that int64 holds"),
        ({"speaker": ["zoe"]}, "`speaker` must be one of ann, bob, cid"),
        ({"text": [7]}, "`text` must be UTF-8 text"),
        ({"text": ["a" * 5000]}, "at most 4096 characters"),
    ],
)
def test_wrong_options_are_400(client, changed, message):
    content = {"signature_name": "speak", "inputs": SPEAK | changed}
    assert message in client.predict(content, status=400)["error"]


@pytest.mark.parametrize(
    "content, param",
    [
        ({"input": "?!"}, "input"),
        ({"voice": "alloy"}, "voice"),
        ({"energy": 1}, "energy"),
        ({"speed": 9}, None),
    ],
)
def test_wrong_speech_is_400(client, content, param):
    assert client.speech(**content, status=400).json()["error"]["param"] == param


def test_lengths_must_fit(client):
    inputs = {"mel": [[[0.0] * 20]], "lengths": [2]}
    content = {"signature_name": "vocode", "inputs": inputs}
    assert "`lengths` must be from 0" in client.predict(content, status=400)["error"]


def test_what_says_it_is_a_voice_must_be_one(loaded):
    changes = [{"inputs": {"speak": loaded.inputs["speak"]}}]
    changes.append({"about": dataclasses.replace(loaded.about, speakers=None)})
    for change in changes:
        with pytest.raises(ValueError, match="The SavedModel of saved is damaged"):
            ExportedVoice(dataclasses.replace(loaded, **change))

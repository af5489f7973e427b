"""Lines of JSON: pictures of the very sound that is heard."""

import base64
import json

import numpy as np

from keras_speech.serving.lines import LinesEncoder
from keras_speech.voices.speech import Speech

TEXT = "One is here. And the other, that is a longer one, is there! A third?"


def lines_of(client, **content):
    answer = client.speech(response_format="jsonl", **content)
    assert answer.headers["content-type"] == "application/jsonl"
    assert answer.content.endswith(b"\n")
    return [json.loads(line) for line in answer.content.splitlines()]


def samples_of(line):
    return np.frombuffer(base64.b64decode(line["audio"]["b64"]), "<i2") / 32767


def array_of(value):
    return np.frombuffer(base64.b64decode(value["b64"]), "<f4").reshape(value["shape"])


def test_lines_are_what_the_voice_streams(client, voice):
    options = dict(speed=0.8, pitch=2.0, seed=5)
    lines = lines_of(client, input=TEXT, voice="cid", **options)
    spoken = list(voice.stream(TEXT, speaker="cid", **options))
    assert [line["text"] for line in lines] == [speech.text for speech in spoken]
    for line, speech in zip(lines, spoken, strict=True):
        assert line["sample_rate"] == 8000 and line["symbols"] == list(speech.symbols)
        np.testing.assert_allclose(samples_of(line), speech.samples, atol=2**-15 + 1e-4)
        np.testing.assert_allclose(array_of(line["mel"]), speech.mel, atol=1e-5)
        np.testing.assert_allclose(array_of(line["alignment"]), speech.alignment, atol=1e-5)


def test_other_options_give_other_pictures(client):
    (line,) = lines_of(client)
    for option in ({"pitch": 3}, {"voice": "bob"}, {"speed": 2}):
        (other,) = lines_of(client, **option)
        assert other["mel"] != line["mel"] and other["audio"] != line["audio"], option


def test_long_texts_have_pictures_of_their_first_sentences(client):
    lines = lines_of(client, input="One. " * 10)
    assert [line["mel"] is not None for line in lines] == [True] * 8 + [False] * 2
    assert [line["alignment"] is not None for line in lines] == [True] * 8 + [False] * 2
    assert all(len(samples_of(line)) for line in lines)


def test_a_model_that_gives_sound_alone_has_no_pictures():
    encoder = LinesEncoder("jsonl", 8000)
    line = json.loads(encoder.sentence(Speech(np.zeros(80, "float32"), 8000, text="One.")))
    assert line["mel"] is line["alignment"] is line["symbols"] is None
    assert line["text"] == "One." and len(samples_of(line)) == 80
    assert encoder.end() == b""


def test_halves_of_pairs_do_not_break_a_line():
    speech = Speech(np.zeros(8, "float32"), 8000, text='"\ud83d\n</script>')
    line = LinesEncoder("jsonl", 8000).sentence(speech)
    assert line.count(b"\n") == 1 and json.loads(line)["text"] == speech.text

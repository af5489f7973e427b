"""Speech as OpenAI's clients ask for it."""

import io

import numpy as np
import pytest
import soundfile

from keras_speech.serving.encoders import FileEncoder

TEXT = "One is here. And the other, that is a longer one, is there! A third?"


def test_wav_is_what_the_voice_speaks(client, voice):
    answer = client.speech(input=TEXT, voice="bob", speed=1.2, response_format="wav")
    assert answer.headers["content-type"] == "audio/wav"
    samples, rate = soundfile.read(io.BytesIO(answer.content))
    expected = voice.speak(TEXT, speaker="bob", speed=1.2).samples
    assert rate == 8000 and len(samples) == len(expected)
    # Half a step of 16 bits, and what the size of a batch changes.
    np.testing.assert_allclose(samples, expected, atol=2**-15 + 1e-4)


def test_flac_is_what_the_voice_speaks(client, voice):
    answer = client.speech(input=TEXT, response_format="flac")
    samples, rate = soundfile.read(io.BytesIO(answer.content))
    np.testing.assert_allclose(samples, voice.speak(TEXT).samples, atol=2**-14 + 1e-4)


def test_pcm_has_24_kilohertz(client, voice):
    samples = np.frombuffer(client.speech(input=TEXT, response_format="pcm").content, "<i2")
    expected = voice.speak(TEXT).samples
    assert len(samples) == pytest.approx(3 * len(expected), abs=3)
    # Every third is one of the voice's own, but for what a resampler's filter takes.
    correlation = np.corrcoef(samples[: 3 * len(expected) : 3], expected[: len(samples[::3])])
    assert correlation[0, 1] > 0.98


def test_mp3_is_the_default_and_plays_to_its_end(client, voice):
    answer = client.speech(input=TEXT)
    assert answer.headers["content-type"] == "audio/mpeg"
    samples, rate = soundfile.read(io.BytesIO(answer.content))
    # The coder's delay and its last frames come on top.
    assert 0 <= len(samples) - len(voice.speak(TEXT).samples) < 0.5 * rate


def test_mp3_is_sent_as_it_grows():
    encoder, noise = FileEncoder("mp3", 24000), np.random.default_rng(0).normal(0, 0.1, 24000)
    assert min(len(encoder.add(noise)) for _ in range(3)) > 5000


def test_sentences_are_sent_one_by_one(client, voice):
    """The first is heard before the last is made."""
    import asyncio

    from keras_speech.serving.limits import Limits
    from keras_speech.serving.metrics import Metrics
    from keras_speech.serving.model import model_of_voice
    from keras_speech.serving.speech import SpeechRequests
    from keras_speech.serving.worker import Worker

    async def chunks():
        worker, metrics = Worker(), Metrics()
        models = {"tiny": model_of_voice(voice, "tiny")}
        speaking = SpeechRequests(models, worker, Limits(), metrics)
        content = {"model": "tiny", "input": TEXT, "response_format": "wav"}
        _, chunks = await speaking.answer(content)

        def made():
            name = "keras_speech_audio_seconds_total"
            return metrics.registry.get_sample_value(name, {"model": "tiny"})

        seen = [(len(chunk), made()) async for chunk in chunks]
        worker.stop()
        return seen

    seen = asyncio.run(chunks())
    first = next(voice.stream(TEXT))
    assert seen[0] == (44 + 2 * len(first.samples), pytest.approx(first.duration))
    assert len(seen) == 4 and seen[-1][0] == 0
    assert seen[-1][1] == pytest.approx(voice.speak(TEXT).duration)


@pytest.mark.parametrize("name", ["", "default", "tiny", "ann", None])
def test_the_first_speaker_has_other_names(client, name):
    expected = client.speech(voice="ann", response_format="wav").content
    assert client.speech(voice=name, response_format="wav").content == expected
    assert client.speech(voice="cid", response_format="wav").content != expected


@pytest.mark.parametrize(
    "content, status, param",
    [
        ({"input": ""}, 400, "input"),
        ({"input": " \n"}, 400, "input"),
        ({"input": "?!"}, 400, "input"),
        ({"input": "☃"}, 400, "input"),
        ({"input": None}, 400, "input"),
        ({"input": ["A."]}, 400, "input"),
        ({"model": "tts-1"}, 404, "model"),
        ({"model": 7}, 400, "model"),
        ({"voice": "alloy"}, 400, "voice"),
        ({"voice": {"id": "ann"}}, 400, "voice"),
        ({"response_format": "aac"}, 400, "response_format"),
        ({"stream_format": "sse"}, 400, "stream_format"),
        ({"speed": 9}, 400, None),
        ({"speed": "1"}, 400, None),
        ({"speed": 10**400}, 400, None),
        ({"seed": 2**63}, 400, "seed"),
        ({"seed": -1}, 400, None),
        ({"pitch": True}, 400, None),
        ({"energy": 1}, 400, "energy"),
        ({"energy": "1"}, 400, "energy"),
        ({"instructions": "Whisper."}, 400, None),
    ],
)
def test_errors_are_in_openais_form(client, content, status, param):
    error = client.speech(**content, status=status).json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error" and error["param"] == param
    assert error["message"]

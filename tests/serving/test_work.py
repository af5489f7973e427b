"""Limits hold, and nothing is spoken for nobody."""

import asyncio
import json
import threading

import pytest

import keras_speech as ks
from keras_speech.serving import signatures
from keras_speech.serving.work import Gate, Work
from serving.conftest import client_of, until_ready


@pytest.fixture
def held(monkeypatch):
    """Lets sentences wait for an event, so that tests need no clock."""
    begun, go, spoken = threading.Event(), threading.Event(), signatures.spoken
    counts = []

    def waiting(*arguments):
        for sentence in spoken(*arguments):
            counts.append(1)
            begun.set()
            go.wait(20)
            yield sentence

    monkeypatch.setattr(signatures, "spoken", waiting)
    yield begun, go, counts
    go.set()


def test_one_request_too_many_is_429(voice, held):
    begun, go, _ = held
    with client_of(voice, max_requests=1) as client:
        answers = []
        first = threading.Thread(
            target=lambda: answers.append(client.predict({"instances": ["One."]}))
        )
        first.start()
        assert begun.wait(20)
        answer = client.http.post("/v1/models/tiny:predict", content=b"{}")
        assert answer.status_code == 429 and answer.headers["retry-after"] == "1"
        error = client.speech(status=429).json()["error"]
        assert error["type"] == "rate_limit_error"
        # The event loop is free meanwhile.
        assert client.http.get("/healthz").status_code == 200
        go.set()
        first.join(20)
        assert answers[0]["predictions"]
        # There is a place again.
        assert client.predict({"instances": ["One."]}) == answers[0]


def test_what_takes_too_long_is_504_and_is_given_up(voice, held):
    _, go, counts = held
    with client_of(voice, timeout=0.3) as client:
        until_ready(client)
        error = client.predict({"instances": ["One. Two. Three."]}, status=504)["error"]
        assert error == "The answer took more than 0.3 seconds."
        go.set()
    assert len(counts) == 1  # the sentence that was begun


def test_long_texts_are_400(voice):
    with client_of(voice, max_text=10) as client:
        message = "at most 10 characters of text, not 11"
        content = {"instances": ["a" * 5, "b" * 6]}
        assert message in client.predict(content, status=400)["error"]
        assert message in client.speech(input="a" * 11, status=400).json()["error"]["message"]
        client.predict({"instances": ["a" * 5, "b" * 5]})


def test_many_rows_are_400(voice):
    with client_of(voice, max_rows=2) as client:
        client.predict({"instances": [""] * 2})
        error = client.predict({"instances": [""] * 3}, status=400)["error"]
        assert error == "A request must have at most 2 rows, not 3."


def test_answers_have_an_end(client, monkeypatch):
    monkeypatch.setattr(signatures, "MAX_NUMBERS", 1000)
    error = client.predict({"instances": ["One is here.", "Two."]}, status=400)["error"]
    assert "more than 1000" in error


def test_large_bodies_are_413(voice):
    with client_of(voice, max_body=100) as client:
        client.predict(b" " * 101, status=413)
        client.predict(b" " * 100, status=400)


def call(app, headers, messages):
    """Calls an ASGI application in its lifespan; returns what it sent, and what it did not read."""
    sent, left = [], list(messages)
    steps, events = [{"type": "lifespan.startup"}], {}

    async def run():
        events["stop"], events["up"] = asyncio.Event(), asyncio.Event()

        async def lifespan_receive():
            if steps:
                return steps.pop()
            await events["stop"].wait()
            return {"type": "lifespan.shutdown"}

        async def lifespan_send(message):
            events["up"].set()

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        life = asyncio.ensure_future(app(scope, lifespan_receive, lifespan_send))
        await events["up"].wait()

        async def receive():
            if left:
                return left.pop(0)
            return await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        path = "/v1/models/tiny:predict"
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
            "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"",
            "headers": headers, "scheme": "http", "server": ("a", 1), "client": ("b", 2),
        }  # fmt: skip
        await app(scope, receive, send)
        events["stop"].set()
        await life

    asyncio.run(run())
    return sent, left


@pytest.fixture
def app(voice):
    return ks.serving.application(
        voice, name="tiny", limits=ks.serving.Limits(max_body=100, timeout=5)
    )


def chunk(body, more):
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_large_body_is_not_read_to_its_end(app):
    sent, left = call(app, [(b"content-length", b"101")], [chunk(b"a", True)])
    assert sent[0]["status"] == 413 and len(left) == 1
    sent, left = call(app, [], [chunk(b"a" * 60, True)] * 5)
    assert sent[0]["status"] == 413 and len(left) == 3
    assert "at most 100 bytes" in json.loads(sent[1]["body"])["error"]


def test_compressed_bodies_are_415(app):
    sent, _ = call(app, [(b"content-encoding", b"gzip")], [chunk(b"a", False)])
    assert sent[0]["status"] == 415


def test_a_body_that_does_not_come_is_504(voice):
    limits = ks.serving.Limits(timeout=0.1)
    app = ks.serving.application(voice, name="tiny", limits=limits)
    assert call(app, [], [chunk(b"{", True)])[0][0]["status"] == 504


def test_nothing_is_spoken_for_who_has_left(app, held):
    _, go, counts = held
    body = json.dumps({"instances": ["One. Two. Three."]}).encode()
    threading.Timer(0.5, go.set).start()
    sent, _ = call(app, [], [chunk(body, False), {"type": "http.disconnect"}])
    assert sent == [] and len(counts) <= 1


def worked(answer, *, cancel=False, **limits):
    """What `Work` sends for such an answer; canceled once the answer was asked for."""
    sent, gate = [], Gate(1)

    async def run():
        asked = asyncio.Event()

        async def noted(parameters, content):
            asked.set()
            return await answer()

        messages = [chunk(b"{}", False)]

        async def receive():
            return messages.pop() if messages else await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        scope = {"path": "/v1/audio/speech", "headers": [], "path_params": {}}
        work = Work(noted, gate, ks.serving.Limits(**limits))
        task = asyncio.ensure_future(work(scope, receive, send))
        await asked.wait()
        if cancel:
            task.cancel()
        await task

    asyncio.run(run())
    assert gate.inside == 0
    return sent


def test_what_is_running_when_there_is_no_more_time_to_stop_is_503():
    async def never():
        await asyncio.Event().wait()

    assert worked(never, cancel=True)[0]["status"] == 503


@pytest.mark.parametrize("kind", ["slow", "broken"])
def test_a_stream_that_fails_is_broken_off(kind):
    """It has no last message, so that the server closes the connection before its end."""

    async def chunks():
        yield b"one"
        if kind == "broken":
            raise RuntimeError
        await asyncio.Event().wait()

    async def answer():
        return "audio/wav", chunks()

    start, *bodies = worked(answer, timeout=0.1)
    assert start["status"] == 200
    assert bodies == [{"type": "http.response.body", "body": b"one", "more_body": True}]

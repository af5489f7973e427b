"""Requests that need work: how many, how large, how long, and until when anyone listens."""

import asyncio
import contextlib
import logging

from keras_speech.serving.bodies import json_object, read_body
from keras_speech.serving.errors import RequestError, error_json

LOG = logging.getLogger("keras_speech.serving")


class Gate:
    """Lets in so many requests at once; one more is told to come again."""

    def __init__(self, most):
        self.most, self.inside = most, 0

    @contextlib.contextmanager
    def place(self):
        """Raises `RequestError` 429 where all places are taken."""
        if self.inside >= self.most:
            raise RequestError(
                429, f"The server has {self.most} requests to answer already: try again.",
                code="rate_limit_exceeded", headers={"Retry-After": "1"},
            )  # fmt: skip
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1


class Work:
    """An ASGI endpoint of `POST` with JSON.

    Args:
        answer: async function of the path's parameters and the request's content, two dicts. It
            returns `(content_type, body)`, the body bytes or an async iterator of bytes.
        gate: `Gate`, shared by all that use the worker.
        limits: `Limits`.
    """

    def __init__(self, answer, gate, limits):
        self.answer, self.gate, self.limits = answer, gate, limits

    async def __call__(self, scope, receive, send):
        reply = Reply(scope["path"], send)
        try:
            with self.gate.place():
                async with asyncio.timeout(self.limits.timeout):
                    await self._answered(scope, receive, reply)
        except TimeoutError:
            seconds = f"{self.limits.timeout:g} seconds"
            await reply.fail(RequestError(504, f"The answer took more than {seconds}."))
        except RequestError as error:
            await reply.fail(error)
        except asyncio.CancelledError:
            # The server stops, and cannot wait any longer; nothing follows.
            await reply.fail(RequestError(503, "The server stops.", headers={"Retry-After": "1"}))
        except Exception:
            LOG.exception("%s failed", scope["path"])
            await reply.fail(RequestError(500, "Something failed inside the server."))

    async def _answered(self, scope, receive, reply):
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        body = await read_body(headers, receive, self.limits.max_body)
        work = asyncio.ensure_future(self._work(scope["path_params"], body, reply))
        gone = asyncio.ensure_future(_until_gone(receive))
        try:
            await asyncio.wait([work, gone], return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            # Where nobody listens any more, nothing more is spoken.
            for task in (work, gone):
                task.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)

    async def _work(self, parameters, body, reply):
        content_type, body = await self.answer(parameters, json_object(body))
        if isinstance(body, bytes):
            await reply.whole(200, content_type, body)
            return
        await reply.begin(200, content_type)
        async for chunk in body:
            await reply.more(chunk)
        await reply.end()


class Reply:
    """An answer on its way."""

    def __init__(self, path, send):
        self.path, self.send, self.begun = path, send, False

    async def whole(self, status, content_type, body, headers=None):
        """Sends all at once."""
        headers = {**(headers or {}), "content-length": str(len(body))}
        await self.begin(status, content_type, headers)
        await self.send({"type": "http.response.body", "body": body})

    async def begin(self, status, content_type, headers=None):
        """Sends what comes before the body."""
        headers = {"content-type": content_type, **(headers or {})}
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.begun = True
        await self.send({"type": "http.response.start", "status": status, "headers": pairs})

    async def more(self, chunk):
        if chunk:
            await self.send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end(self):
        await self.send({"type": "http.response.body", "body": b""})

    async def fail(self, error):
        """Sends an error. One that has begun is broken off, which a client can tell from an end."""
        if self.begun:
            LOG.warning("%s broken off: %s", self.path, error.message)
            return
        body = error_json(error, self.path)
        await self.whole(error.status, "application/json", body, error.headers)


async def _until_gone(receive):
    while (await receive())["type"] != "http.disconnect":
        pass

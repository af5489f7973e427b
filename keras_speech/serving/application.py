"""The server as an ASGI application."""

import contextlib
import logging

from keras_speech.serving.errors import RequestError, error_json, json_bytes
from keras_speech.serving.finding import models_of
from keras_speech.serving.limits import Limits
from keras_speech.serving.metrics import Measured, Metrics
from keras_speech.serving.openapi import description
from keras_speech.serving.page import Page
from keras_speech.serving.predict import Predict
from keras_speech.serving.speech import SpeechRequests
from keras_speech.serving.voices import of_voice
from keras_speech.serving.work import Gate, Work
from keras_speech.serving.worker import Worker

LOG = logging.getLogger("keras_speech.serving")

MODEL = "/v1/models/{name}"
VERSION = MODEL + "/versions/{version}"


def application(models, *, name=None, limits=None):
    """An ASGI application that speaks with voices, for any server of ASGI.

    It answers as TensorFlow Serving does at `/v1/models/NAME`, and as OpenAI's clients expect at
    `/v1/audio/speech`; also `/v1/voices`, `/healthz`, `/readyz`, `/metrics` and `/openapi.json`. At
    `/` it has a page to try the voice in a browser.

    Args:
        models: `keras_speech.Voice`; the name or directory of one; or the directory of a SavedModel
            that `keras_speech.export.saved_model` wrote: of its versions the highest, or that of
            one version. A list serves all that is in it, a dict under the names that it gives.
        name: what clients call the model, where it is one; letters, digits, `_`, `-` and `.`.
            Defaults to the voice's name, or that of the SavedModel's directory.
        limits: `Limits`. Defaults to its defaults.

    Returns: ASGI application, with the lifespan that ASGI servers give it.

    Raises:
        ValueError: for a name that does not fit into a URL, two models of one name, and what cannot
            be served: no voice, a damaged SavedModel, or one that could do more than compute.
        ModuleNotFoundError: where the extra `[serve]` is not installed; the message says how.

    Example:

    >>> app = application(keras_speech.Voice.from_preset("kathleen"))  # doctest: +SKIP
    """
    require_packages()
    return _Server(models_of(models, name), limits or Limits()).app()


def require_packages():
    """Raises `ModuleNotFoundError` with what to install unless all is there."""
    try:
        import prometheus_client  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"The server needs the package `{error.name}`: "
            'pip install "keras-speech[serve]" installs all it needs.',
            name=error.name,
        ) from error


class _Server:
    def __init__(self, models, limits):
        self.models, self.limits, self.metrics = models, limits, Metrics()
        self.worker, self.gate = None, Gate(limits.max_requests)
        self.predicting = Predict(models, self, limits, self.metrics)
        self.speaking = SpeechRequests(models, self, limits, self.metrics)
        self.description = description(models, self.speaking.formats, limits)
        self.ready = False
        speaking = self.speaking.models.items()
        self.voices = [of_voice(name, model.voice, limits) for name, model in speaking]
        self.page = Page()

    async def run(self, function, *arguments):
        """Runs a function in the worker, which lives as long as the application runs."""
        return await self.worker.run(function, *arguments)

    def app(self):
        from starlette.applications import Starlette
        from starlette.exceptions import HTTPException
        from starlette.routing import Match, Route

        routes = [
            Route(path, endpoint, methods=[method]) for path, method, endpoint in self._endpoints()
        ]
        app = Starlette(
            routes=routes,
            lifespan=self._lifespan,
            exception_handlers={HTTPException: self._http_error, Exception: self._http_error},
        )
        app.router.redirect_slashes = False

        def path_of(scope):
            fits = (route for route in routes if route.matches(scope)[0] != Match.NONE)
            return next((route.path for route in fits), "unknown")

        return Measured(app, self.metrics, path_of)

    def _endpoints(self):
        """`(path, method, endpoint)` of each; the first that fits a path answers it."""
        predict = Work(self._predict, self.gate, self.limits)
        yield MODEL + ":predict", "POST", predict
        yield VERSION + ":predict", "POST", predict
        for path, answer in ((MODEL, self.predicting.status), (VERSION, self.predicting.status)):
            yield path, "GET", self._of_model(answer)
            yield path + "/metadata", "GET", self._of_model(self.predicting.metadata)
        if self.speaking.models:
            yield "/v1/audio/speech", "POST", Work(self._speech, self.gate, self.limits)
        yield "/healthz", "GET", self._health
        yield "/readyz", "GET", self._readiness
        yield "/metrics", "GET", self._metrics
        yield "/openapi.json", "GET", self._openapi
        yield "/v1/voices", "GET", self._voices
        yield "/", "GET", self.page.index
        yield "/static/{name}", "GET", self.page.file

    async def _predict(self, parameters, content):
        model = self.predicting.model(**parameters)
        return "application/json", await self.predicting.predict(model, content)

    async def _speech(self, parameters, content):
        return await self.speaking.answer(content)

    def _of_model(self, answer):
        async def endpoint(request):
            try:
                # This path fits that of a prediction, too, asked for by another method.
                if request.url.path.endswith(":predict"):
                    raise RequestError(405, "Method Not Allowed", headers={"Allow": "POST"})
                model = self.predicting.model(**request.path_params)
            except RequestError as error:
                return _error(error, request)
            return _json(answer(model))

        return endpoint

    async def _voices(self, request):
        return _json({"voices": self.voices})

    async def _health(self, request):
        return _json({"status": "ok"})

    async def _readiness(self, request):
        if not self.ready:
            return _json({"status": "not ready"}, 503)
        return _json({"status": "ready"})

    async def _metrics(self, request):
        from starlette.responses import Response

        page, content_type = self.metrics.page()
        return Response(page, headers={"content-type": content_type})

    async def _openapi(self, request):
        return _json(self.description)

    async def _http_error(self, request, error):
        """Unknown paths and wrong methods; and what nobody expected."""
        status = getattr(error, "status_code", 500)
        message = getattr(error, "detail", "Something failed inside the server.")
        headers = getattr(error, "headers", None)
        return _error(RequestError(status, message, headers=headers), request)

    @contextlib.asynccontextmanager
    async def _lifespan(self, app):
        import asyncio

        self.worker = Worker()
        warming = asyncio.ensure_future(self._warm_up())
        try:
            yield
        finally:
            self.ready = False
            warming.cancel()
            await asyncio.to_thread(self.worker.stop)

    async def _warm_up(self):
        """Ready is who need not compile any more when the first request comes."""
        for model in self.models.values():
            try:
                await self.worker.run(model.warm_up)
            except Exception:
                LOG.exception("the model %s does not answer", model.name)
                return
        self.ready = True


def _json(content, status=200, headers=None):
    from starlette.responses import Response

    return Response(json_bytes(content), status, headers, "application/json")


def _error(error, request):
    from starlette.responses import Response

    body = error_json(error, request.url.path)
    return Response(body, error.status, error.headers, "application/json")

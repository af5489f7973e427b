"""Numbers for Prometheus."""

import time


class Metrics:
    """Counts of one server.

    Attributes:
        requests: counter by path and code; the path is the route's, never what a client wrote.
        seconds: histogram of how long requests took, by path.
        audio_seconds: counter of sound made, by model.
        in_flight: gauge of requests being answered.
    """

    def __init__(self):
        import prometheus_client as prometheus

        self.registry = prometheus.CollectorRegistry()
        of = {"namespace": "keras_speech", "registry": self.registry}
        self.requests = prometheus.Counter("requests", "Requests answered.", ["path", "code"], **of)
        self.seconds = prometheus.Histogram(
            "request_seconds", "From a request to the end of its answer.", ["path"], **of,
            buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
        )  # fmt: skip
        self.audio_seconds = prometheus.Counter(
            "audio_seconds", "Seconds of sound made.", ["model"], **of
        )
        self.in_flight = prometheus.Gauge("requests_in_flight", "Requests being answered.", **of)

    def page(self):
        """All of them as text, bytes; and its content type."""
        import prometheus_client as prometheus

        return prometheus.generate_latest(self.registry), prometheus.CONTENT_TYPE_LATEST


class Measured:
    """An ASGI application whose requests are counted.

    Args:
        app: ASGI application.
        metrics: `Metrics`.
        path_of: function of a scope, which returns the path to count it under.
    """

    def __init__(self, app, metrics, path_of):
        self.app, self.metrics, self.path_of = app, metrics, path_of

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # 499 where the client left before there was an answer, as others count it.
        path, code, started = self.path_of(scope), 499, time.perf_counter()

        async def counted(message):
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
            await send(message)

        self.metrics.in_flight.inc()
        try:
            await self.app(scope, receive, counted)
        finally:
            self.metrics.in_flight.dec()
            self.metrics.requests.labels(path, code).inc()
            self.metrics.seconds.labels(path).observe(time.perf_counter() - started)

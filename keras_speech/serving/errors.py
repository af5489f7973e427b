"""Errors as clients see them: a status and a sentence, in JSON."""

import json


class RequestError(Exception):
    """What was asked cannot be done.

    Args:
        status: of HTTP.
        message: a sentence for whoever wrote the client.
        param: name of the field that is wrong, as far as there is one. Defaults to `None`.
        code: a word for programs, in OpenAI's form. Defaults to `None`.
        headers: dict of further headers. Defaults to none.
    """

    def __init__(self, status, message, *, param=None, code=None, headers=None):
        super().__init__(message)
        self.status, self.message = status, message
        self.param, self.code, self.headers = param, code, dict(headers or {})


def error_json(error, path):
    """A `RequestError` as bytes of JSON, in the form that clients of the path expect.

    Example:

    >>> error_json(RequestError(404, "Not found."), "/v1/models/x")
    b'{"error": "Not found."}'
    """
    if not path.startswith("/v1/audio/"):
        return json_bytes({"error": error.message})
    kind = "invalid_request_error" if error.status < 500 else "server_error"
    if error.status == 429:
        kind = "rate_limit_error"
    fields = {"message": error.message, "type": kind, "param": error.param, "code": error.code}
    return json_bytes({"error": fields})


def json_bytes(content):
    """JSON of ASCII alone: what a client sent may hold halves of characters, as UTF-8 may not."""
    return json.dumps(content).encode("ascii")


def short(value, length=80):
    """What was received, for a message.

    Example:

    >>> short([1, 2]), len(short("a" * 1000))
    ('[1, 2]', 80)
    """
    # Large values are not written out in full only to be cut.
    if isinstance(value, list | dict) and len(value) > length:
        return f"a {type(value).__name__} of {len(value)}"
    try:
        text = repr(value[: length + 1] if isinstance(value, str) else value)
    except (ValueError, RecursionError):
        return f"a {type(value).__name__}"
    return text if len(text) <= length else text[: length - 1] + "…"

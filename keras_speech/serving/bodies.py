"""Bodies of requests: read only as far as they may go, and parsed without trust."""

import json

from keras_speech.serving.errors import RequestError


async def read_body(headers, receive, max_body):
    """Reads the body of a request.

    Args:
        headers: dict of str, in lower case.
        receive: of ASGI.
        max_body: most bytes.

    Returns: bytes.

    Raises:
        RequestError: 413 for a larger body, which is not read to its end; 415 for a compressed one;
            400 where the client left.
    """
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise RequestError(415, "The body must not be compressed.")
    too_large = RequestError(413, f"The body must have at most {max_body} bytes.")
    declared = headers.get("content-length", "0")
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > max_body):
        raise too_large
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestError(400, "The body ended too soon.")
        body += message.get("body", b"")
        if len(body) > max_body:
            raise too_large
        if not message.get("more_body", False):
            return bytes(body)


def json_object(body):
    """Parses a body that must be a JSON object.

    Args:
        body: bytes.

    Returns: dict.

    Raises:
        RequestError: 400, for anything else.

    Example:

    >>> json_object(b'{"text": ["Hello."]}')
    {'text': ['Hello.']}
    """
    try:
        content = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise RequestError(400, f"The body must be UTF-8: byte {error.start} is not.") from error
    except RecursionError as error:
        raise RequestError(400, "The body must be JSON of fewer levels.") from error
    except ValueError as error:
        raise RequestError(400, f"The body must be JSON: {error}.") from error
    if not isinstance(content, dict):
        raise RequestError(400, f"The body must be a JSON object, not {type(content).__name__}.")
    return content


def _refuse(name):
    raise ValueError(f"{name} is no number of JSON")

"""What a request may ask of the server."""

import dataclasses
import math


@dataclasses.dataclass(frozen=True)
class Limits:
    """Limits of requests, each of which is answered with an error where it is exceeded.

    Args:
        max_text: characters of a request, all of its texts together. Defaults to 4,096.
        max_rows: rows of a request. Defaults to 64.
        max_body: bytes of a request's body. Defaults to 4 MiB.
        max_requests: requests at once, spoken or waiting; the next one gets 429. Defaults to 8.
        timeout: seconds that a request may take, all in all. Defaults to 120.
        stop_timeout: seconds for what is running when the server is told to stop. Defaults to 30.

    Raises:
        ValueError: for a number that is out of range.

    Example:

    >>> Limits(max_text=500).max_requests
    8
    """

    max_text: int = 4096
    max_rows: int = 64
    max_body: int = 4 * 2**20
    max_requests: int = 8
    timeout: float = 120.0
    stop_timeout: float = 30.0

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            whole = field.type is int
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                kind = "a whole number" if whole else "a number"
            elif whole and value < 1:
                kind = "at least 1"
            elif not whole and not 0 < value < math.inf:
                kind = "above 0 and finite"
            else:
                continue
            raise ValueError(f"`{field.name}` must be {kind}. Received: {field.name}={value!r}.")

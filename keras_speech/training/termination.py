"""Ending in good order when the process is asked to: SIGTERM, as schedulers send it."""

import signal
import threading


class Terminated(SystemExit):
    """Training was asked to end, and did, with its checkpoint written.

    Not caught, it ends the process with exit code 143, that of SIGTERM.
    """

    def __init__(self):
        super().__init__(128 + signal.SIGTERM)


class Termination:
    """Takes note of SIGTERM for the length of a `with` block, so that work can be ended whole.

    In a thread that is not the main one, where Python handles no signals, it does nothing.

    Attributes:
        requested: whether the signal came.

    Example:

    ```python
    with Termination() as termination:
        while not termination.requested:
            step()
    ```
    """

    def __init__(self):
        self.requested = False

    def __enter__(self):
        self._handles = threading.current_thread() is threading.main_thread()
        if self._handles:
            self._previous = signal.signal(signal.SIGTERM, self._request)
        return self

    def __exit__(self, *_):
        if self._handles:
            signal.signal(signal.SIGTERM, self._previous)

    def _request(self, *_):
        self.requested = True

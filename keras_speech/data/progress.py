"""A progress bar for work that takes long."""

import sys
import time


class Progress:
    """Counts on standard error once the work has taken two seconds; short work stays quiet.

    Args:
        total: number of steps.
        label: what is being done.
        show: whether anything is ever written. Defaults to `True`.
        stream: where to. Defaults to `sys.stderr`.

    Example:

    >>> with Progress(3, "Reading") as progress:
    ...     for _ in range(3):
    ...         progress.step()
    """

    # A terminal's line is redrawn; a log or notebook gets few whole lines instead.
    _SECONDS_BETWEEN_REDRAWS = 0.2
    _SECONDS_BETWEEN_LINES = 15.0

    def __init__(self, total, label, *, show=True, stream=None, quiet_seconds=2.0):
        self.total, self.label, self.show = total, label, show
        self.stream = sys.stderr if stream is None else stream
        self.is_terminal = bool(getattr(self.stream, "isatty", lambda: False)())
        self.done = 0
        self._start = time.monotonic()
        self._next = self._start + quiet_seconds
        self._drawn = False

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self._drawn:
            self._draw(time.monotonic(), last=True)

    def step(self):
        """One more step is done."""
        self.done += 1
        now = time.monotonic()
        if self.show and now >= self._next and self.done < self.total:
            self._draw(now)
            pause = (
                self._SECONDS_BETWEEN_REDRAWS if self.is_terminal else self._SECONDS_BETWEEN_LINES
            )
            self._next = now + pause

    def _draw(self, now, last=False):
        self._drawn = True
        seconds = now - self._start
        filled = 30 * self.done // max(1, self.total)
        if last:
            clock = f"{seconds:.0f} s"
        elif self.done < 10:
            # The first steps hold what is done once, such as tracing a graph.
            clock = ""
        else:
            clock = f"{seconds / max(1, self.done) * (self.total - self.done):.0f} s left"
        bar = "=" * filled + "." * (30 - filled)
        line = f"{self.label}: {self.done}/{self.total} [{bar}] {clock}".rstrip()
        if self.is_terminal:
            self.stream.write("\r" + line + "\x1b[K" + ("\n" if last else ""))
        else:
            self.stream.write(line + "\n")
        self.stream.flush()

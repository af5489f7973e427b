"""The one thread in which everything is spoken, while the event loop stays free."""

import asyncio
import concurrent.futures
import queue
import threading


class Worker:
    """Runs functions one after another in a thread of its own.

    A voice speaks on all cores at once already: two requests in parallel would take as long, and
    twice the memory. Requests take turns instead, sentence by sentence.

    Example:

    >>> worker = Worker()
    >>> asyncio.run(worker.run(max, 1, 2))
    2
    >>> worker.stop()
    """

    def __init__(self):
        self._jobs = queue.SimpleQueue()
        # A daemon, so that work that does not end cannot keep the process from ending.
        self._thread = threading.Thread(target=self._work, name="keras-speech", daemon=True)
        self._thread.start()

    async def run(self, function, *arguments):
        """Awaits `function(*arguments)`; canceled, it is not begun, or its result not used."""
        future = concurrent.futures.Future()
        self._jobs.put((future, function, arguments))
        return await asyncio.wrap_future(future)

    def stop(self, timeout=5.0):
        """Ends the thread after what was given to it, which is waited for so many seconds."""
        self._jobs.put(None)
        self._thread.join(timeout)

    def _work(self):
        while (job := self._jobs.get()) is not None:
            future, function, arguments = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(function(*arguments))
            except BaseException as error:
                future.set_exception(error)
            # Not held while waiting for the next: they may be large.
            del job, future, function, arguments

"""Several processes that make shards side by side.

They are programs of their own rather than `multiprocessing`'s, which would run the caller's script
again in each of them, or copy a process in which TensorFlow has threads.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import threading

from keras_speech.data import audio_files
from keras_speech.data.sharding import making

_KINDS = {"AudioError": audio_files.AudioError, "ImportError": ImportError}


def make_shards(tasks, processes, report):
    """Makes the shards of all tasks; after the first error, no further ones.

    Args:
        tasks: list of dict, see `making.make_shard`.
        processes: how many at once. With 1, this process does it.
        report: function without arguments, called after each recording.

    Raises: as `making.make_shard`; `RuntimeError` where a process ends by itself.
    """
    if processes == 1 or len(tasks) == 1:
        for task in tasks:
            making.make_shard(task, report)
        return
    lock = threading.Lock()

    def counted():
        with lock:
            report()

    workers = [_Worker() for _ in range(min(processes, len(tasks)))]
    free = list(workers)

    def make(task):
        worker = free.pop()
        worker.make(task, counted)
        free.append(worker)

    pool = concurrent.futures.ThreadPoolExecutor(len(workers))
    try:
        for future in concurrent.futures.as_completed([pool.submit(make, t) for t in tasks]):
            future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.end()
        pool.shutdown()


class _Worker:
    """A process of `worker`, and the pipes to it."""

    def __init__(self):
        root = str(pathlib.Path(__file__).parents[3])
        paths = filter(None, [root, os.environ.get("PYTHONPATH")])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "keras_speech.data.sharding.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )

    def make(self, task, report):
        """Has a shard made; returns when it is."""
        try:
            self._process.stdin.write(json.dumps(task) + "\n")
            self._process.stdin.flush()
            for line in self._process.stdout:
                answer = json.loads(line)
                if "done" in answer:
                    return
                if "error" in answer:
                    raise _error(answer)
                report()
        except BrokenPipeError:
            pass
        code = self._process.wait()
        why = f"signal {-code}" if code < 0 else f"exit code {code}"
        raise RuntimeError(
            f"A process that made shards has ended by itself ({why}); for lack of memory, perhaps."
        )

    def end(self):
        """Ends the process, whatever it does; a half-written shard is left under another name."""
        self._process.terminate()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                pipe.close()
            except BrokenPipeError:
                pass


def _error(answer):
    if answer["errno"] is not None:
        return OSError(answer["errno"], answer["error"])
    return _KINDS.get(answer["kind"], RuntimeError)(answer["error"])

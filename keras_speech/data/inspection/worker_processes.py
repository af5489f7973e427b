"""Recordings measured in processes of their own, which a damaged file cannot take down with it."""

import dataclasses
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading

from keras_speech.data.inspection import clip_measures

# The worker needs the package from wherever this process has it.
_COMMAND = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from keras_speech.data.inspection import worker_processes; worker_processes.serve()"
)
_READY = "ready"


def measured(paths, *, workers):
    """Measures files, each as soon as a process is free.

    Args:
        paths: sequence of paths.
        workers: number of processes.

    Yields: `(index of the path, ClipMeasures or None, "" or why the file cannot be used)`, in the
        order in which they are done.

    Raises:
        RuntimeError: a process did not even start.
    """
    left, done, stop = iter(range(len(paths))), queue.Queue(maxsize=1000), threading.Event()
    lock = threading.Lock()

    def work():
        worker = None
        try:
            while not stop.is_set():
                with lock:
                    index = next(left, None)
                if index is None:
                    return
                worker = worker or _Worker()
                answer = worker.measure(paths[index])
                if answer is None:
                    _put(done, (index, None, worker.how_it_ended()), stop)
                    worker = None
                else:
                    _put(done, (index, *answer), stop)
        except BaseException as error:
            _put(done, error, stop)
        finally:
            if worker is not None:
                worker.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(workers, len(paths)))]
    for thread in threads:
        thread.start()
    try:
        for _ in range(len(paths)):
            result = done.get()
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def serve():
    """A worker's life: reads paths from standard input, writes what they measure."""
    answers, sys.stdout = sys.stdout, sys.stderr
    print(_READY, file=answers, flush=True)
    for line in sys.stdin:
        try:
            answer = dataclasses.asdict(clip_measures.measure_file(json.loads(line)))
        except (Exception, MemoryError) as error:
            answer = {"error": _sentence(error)}
        print(json.dumps(answer), file=answers, flush=True)


def _sentence(error):
    if isinstance(error, ValueError | OSError) and str(error):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory to read it whole."
    return f"{type(error).__name__}: {error}"


def _put(done, item, stop):
    """Puts an item into a full queue as soon as there is room, or gives up with the reader."""
    while not stop.is_set():
        try:
            done.put(item, timeout=0.1)
        except queue.Full:
            continue
        return


class _Worker:
    """One process that measures one file after the other."""

    def __init__(self):
        # Decoders write warnings of their own, which are of use where the process ends alone.
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, json.dumps([*map(str, sys.path)])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            encoding="ascii",
        )
        if self.process.stdout.readline().strip() != _READY:
            raise RuntimeError(f"A process for reading files did not start: {self._last_words()}")

    def measure(self, path):
        """`(ClipMeasures or None, error)`, or `None` where the process ended before it answered."""
        try:
            self.process.stdin.write(json.dumps(os.fspath(path)) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except OSError:
            line = ""
        if not line.endswith("\n"):
            return None
        answer = json.loads(line)
        if "error" in answer:
            return None, answer["error"]
        return clip_measures.ClipMeasures(**answer), ""

    def how_it_ended(self):
        """Why the process is no more, as a sentence."""
        self.close()
        code = self.process.returncode
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"The process that read it ended with {how}."

    def close(self):
        """Ends the process."""
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass
        self.process.wait()
        self.log.close()

    def _last_words(self):
        self.process.wait()
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit code {self.process.returncode}"

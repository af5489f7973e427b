"""`keras-speech serve` in a process of its own, as users run it."""

import contextlib
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path


@contextlib.contextmanager
def served(*arguments):
    """Starts the command on a free port; gives the process and its URL, when it is ready.

    Args:
        arguments: of the command, beside the port.
    """
    root = str(Path(__file__).parents[2])
    paths = filter(None, [root, os.environ.get("PYTHONPATH")])
    process = subprocess.Popen(
        [sys.executable, "-m", "keras_speech.cli", "serve", *map(str, arguments), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )  # fmt: skip
    try:
        line = process.stdout.readline()
        found = re.match(r"http://127\.0\.0\.1:\d+(?=: )", line)
        assert found, (line, process.kill(), process.stderr.read())
        wait_until_ready(found[0])
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


def wait_until_ready(url, seconds=60):
    """Until the first request need not wait."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=seconds) as answer:
                return answer.read()
        except OSError:
            assert time.monotonic() < until, "the server is not ready"
            time.sleep(0.05)

"""Runs code on the JAX backend, in a process where TensorFlow cannot be imported."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent


def run_on_jax(code, *arguments, optimize=True):
    """Runs `code`, which finds `arguments` in `sys.argv[1:]`, and returns what it prints.

    The code may import the modules of `tests/`. An error in it becomes an `AssertionError` with
    the end of its traceback. Without `optimize` it compiles in half of the time; that is for code
    that runs what it compiles once.
    """
    flags = os.environ.get("XLA_FLAGS", "")
    if not optimize:
        flags += " --xla_backend_optimization_level=0"
    finished = subprocess.run(
        [sys.executable, "-c", f"import without_tensorflow\n{code}", *map(str, arguments)],
        env={
            **os.environ,
            "KERAS_BACKEND": "jax",
            "XLA_FLAGS": flags,
            "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]),
        },
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    return finished.stdout

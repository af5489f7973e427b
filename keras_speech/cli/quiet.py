"""Loading TensorFlow without what it writes to the screen."""

import contextlib
import logging
import os
import sys
import tempfile


def load_quietly(*, debug=False):
    """Imports Keras and the voices; their messages are shown only if that fails.

    From 2.19 on TensorFlow writes some lines on standard error while it loads that
    `TF_CPP_MIN_LOG_LEVEL` does not stop (tensorflow/tensorflow#100442).

    Args:
        debug: shows everything. Defaults to `False`.
    """
    if not debug:
        # For all that comes after; read once, when TensorFlow is imported.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        # Interrupted while it builds a graph, it logs every part that is left over as an error.
        logging.getLogger("tensorflow").setLevel(logging.CRITICAL)
    with contextlib.nullcontext() if debug else _held_back_stderr():
        import keras  # noqa: F401

        import keras_speech.voices  # noqa: F401


@contextlib.contextmanager
def _held_back_stderr():
    """Keeps what C++ and Python write to file descriptor 2, and shows it after an exception."""
    sys.stderr.flush()
    before = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            sys.stderr.flush()
            os.dup2(before, 2)
            os.close(before)
            if failed:
                held.seek(0)
                os.write(2, held.read())

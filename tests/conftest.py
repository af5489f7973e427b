"""Settings that every test shares."""

import gc
import os
import sys

# Before the first import of Keras, TensorFlow or Matplotlib, which read them once.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest

from seeding import set_random_seed


def pytest_collection_finish():
    """Spares Python's garbage collector what was imported, most of a million objects."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def graphs_let_go():
    """Takes back what would keep every graph of a file's tests to the end of the process.

    TensorFlow registers each gradient that a graph defines by itself under a name of its own, never
    takes one out again, and each holds its graph. In the end that were some GiB, through which the
    garbage collector goes again and again.
    """
    yield
    if "tensorflow" in sys.modules:
        from tensorflow.python.framework import ops

        registered = ops.gradient_registry._registry
        for name in [name for name in registered if name.startswith("CustomGradient-")]:
            del registered[name]


@pytest.fixture(autouse=True)
def seeded():
    """Gives every test the same random numbers, whichever tests ran before it."""
    # A test file that uses Keras has imported it by now; one that doesn't need not wait for it.
    if "keras" in sys.modules:
        set_random_seed(0)


@pytest.fixture(autouse=True)
def figures_closed():
    """Leaves no figure behind for the next test to find."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")

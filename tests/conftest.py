"""Settings that every test shares."""

import os
import sys

# Before the first import of Keras, TensorFlow or Matplotlib, which read them once.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest

from seeding import set_random_seed


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

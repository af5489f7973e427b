"""The numbers of tensorflow-addons that our own are held equal to."""

from pathlib import Path

import numpy as np

TOLERANCE = 1e-5


def load(name):
    """Returns the arrays of `addons_<name>.npz`, by name."""
    with np.load(Path(__file__).parent / f"addons_{name}.npz", allow_pickle=False) as saved:
        return {key: saved[key] for key in saved.files}


def below(saved, prefix):
    """Returns the arrays whose names start with `prefix/`, by the rest of their names."""
    start = f"{prefix}/"
    return {key.removeprefix(start): saved[key] for key in saved if key.startswith(start)}


def assert_equal(actual, expected):
    np.testing.assert_allclose(np.asarray(actual), expected, rtol=0, atol=TOLERANCE)

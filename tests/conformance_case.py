"""What the files of the conformance table are written with."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import keras_speech as ks


@dataclass(frozen=True)
class Case:
    """One layer or model and what to call it with.

    Args:
        make: returns the layer or model, unbuilt.
        inputs: returns what it is called with: an array, a tuple of positional arguments or a
            dict. A layer takes the dict as keyword arguments, a model as its one argument.
        trains: whether `fit` on `inputs` alone is part of what it promises. Defaults to `False`.
        waveform: whether two-dimensional inputs are `(batch, samples)`, so that their second axis
            is left open in exports as the time axis of the others is. Defaults to `False`.
    """

    make: Callable
    inputs: Callable
    trains: bool = False
    waveform: bool = False


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def integers(*shape, below, seed=0):
    return np.random.default_rng(seed).integers(1, below, size=shape).astype("int32")


def mask(*lengths):
    return np.arange(max(lengths)) < np.array(lengths)[:, None]


TINY_SPEC = ks.AudioSpec(
    sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000.0
)

"""Batches of raw audio to augment."""

import numpy as np
import pytest
import tensorflow as tf

RATE = 16000


@pytest.fixture
def samples():
    """Three rows: a voice, hiss and silence; float32 `(3, 8000)`."""
    time = np.arange(8000) / RATE
    voice = sum(0.2 * np.cos(2 * np.pi * 150 * k * time) / k for k in range(1, 30))
    hiss = np.random.default_rng(0).normal(scale=0.05, size=8000)
    return np.stack([voice, hiss, np.zeros(8000)]).astype("float32")


@pytest.fixture
def batches(samples):
    """`batches(n)`: a dataset of `n` batches, all of the same samples but for their levels."""

    def make(n=4, **entries):
        gains = np.linspace(0.5, 1.0, n, dtype="float32")
        dataset = tf.data.Dataset.from_tensor_slices(gains)
        return dataset.map(lambda gain: {"samples": samples * gain, **entries})

    return make

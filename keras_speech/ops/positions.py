"""Sinusoids that tell a Transformer where in a sequence it is."""

import math

import numpy as np
from keras import ops


def sinusoidal_positions(length, channels, start=0):
    """Sines and cosines of `channels / 2` wavelengths from `2 pi` to about `2 pi * 10,000`.

    Args:
        length: int or scalar integer tensor, number of positions.
        channels: width, even; sines come in the first half, cosines in the second.
        start: first position, int or scalar integer tensor. Defaults to 0.

    Returns: float32 `(length, channels)`.

    Raises:
        ValueError: if `channels` is odd.

    Example:
    >>> tuple(sinusoidal_positions(7, 16).shape)
    (7, 16)

    Reference: [Vaswani et al., 2017](https://arxiv.org/abs/1706.03762), section 3.5; sines and
    cosines in two halves rather than in turns, which only orders the channels otherwise.
    """
    if channels % 2:
        raise ValueError(f"`channels` must be even. Received: channels={channels}")
    half = channels // 2
    rates = np.exp(-math.log(10000.0) * np.arange(half) / max(half, 1)).astype("float32")
    positions = ops.cast(ops.arange(length, dtype="int32") + start, "float32")
    angles = positions[:, None] * rates[None, :]
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)

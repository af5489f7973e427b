"""Samples as bytes."""

import numpy as np


def pcm16(samples):
    """Float samples as bytes of 16 bits; what exceeds full scale is clipped.

    Example:

    >>> pcm16(np.array([0.0, 1.0, -2.0])).hex()
    '0000ff7f0180'
    """
    return np.round(np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()

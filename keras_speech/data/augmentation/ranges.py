"""Ranges that users give and random numbers are drawn from."""

import math
import numbers

import tensorflow as tf


def as_range(name, value, least=-math.inf, most=math.inf):
    """`(low, high)` of a number or a pair of numbers, once it is known to be in range.

    Args:
        name: of the argument, for the error.
        value: number, or pair of the lowest and the highest.
        least, most: what both must lie between.
    """
    pair = (value, value) if isinstance(value, numbers.Real) else value
    try:
        low, high = (float(end) for end in pair)
    except (TypeError, ValueError):
        low = high = math.nan
    if not (least <= low <= high <= most and math.isfinite(low) and math.isfinite(high)):
        within = f" between {least:g} and {most:g}" if math.isfinite(least) else ""
        raise ValueError(
            f"`{name}` must be a number or a pair (lowest, highest){within}. "
            f"Received: {name}={value!r}."
        )
    return low, high


def draw(key, shape, ends):
    """Uniform float32 numbers between two ends."""
    low, high = ends
    return low + (high - low) * tf.random.stateless_uniform(shape, key)


def as_rate(sample_rate):
    """The rate as an int, once it is known to be one."""
    if isinstance(sample_rate, bool) or not isinstance(sample_rate, numbers.Integral):
        raise ValueError(
            f"`sample_rate` must be a positive integer. Received: sample_rate={sample_rate!r}."
        )
    if sample_rate < 1:
        raise ValueError(f"`sample_rate` must be positive. Received: sample_rate={sample_rate}.")
    return int(sample_rate)

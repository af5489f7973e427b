"""Neighboring time steps as channels, and back."""

from keras import ops


def squeeze(x, n_groups):
    """Makes each `n_groups` steps one step, whose channels are theirs one after another.

    Args:
        x: tensor `(batch, time, channels)`; `time` is a multiple of `n_groups`.
        n_groups: int, steps that become one.

    Returns: tensor `(batch, time / n_groups, n_groups * channels)`.

    Raises:
        ValueError: if `time` is known and not a multiple of `n_groups`.

    Example:

    >>> import numpy as np
    >>> np.asarray(squeeze(np.arange(6.0)[None, :, None], 3)).tolist()
    [[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]]

    Reference: [Prenger et al., 2019](https://arxiv.org/abs/1811.00002), section 2.
    """
    time, channels = x.shape[1:]
    if time is not None and time % n_groups:
        raise ValueError(
            f"`x` must have a multiple of n_groups={n_groups} steps. Received: {time} steps"
        )
    groups = -1 if time is None else time // n_groups
    return ops.reshape(x, (ops.shape(x)[0], groups, n_groups * channels))


def unsqueeze(x, n_groups):
    """The inverse of `squeeze`.

    Args:
        x: tensor `(batch, time, channels)`; `channels` is a multiple of `n_groups`.
        n_groups: int, steps that each step becomes.

    Returns: tensor `(batch, time * n_groups, channels / n_groups)`.

    Raises:
        ValueError: if `channels` is not a multiple of `n_groups`.
    """
    time, channels = x.shape[1:]
    if channels % n_groups:
        raise ValueError(
            f"`x` must have a multiple of n_groups={n_groups} channels. "
            f"Received: {channels} channels"
        )
    steps = -1 if time is None else time * n_groups
    return ops.reshape(x, (ops.shape(x)[0], steps, channels // n_groups))

"""Whether a stop token would end speech too early, on NumPy arrays."""

import numpy as np


def early_stop_probability(stop_logits, n_steps=None, *, last=0.1):
    """Greatest probability to stop before the last steps of a recording.

    From 0.5 on, `generate` would have cut the sentence there. What the stop token says among the
    last steps is no measure: how much silence a recording ends with is chance.

    Args:
        stop_logits: float `(steps,)` of one row, with the recording's frames as past.
        n_steps: how many are real. Defaults to all.
        last: share of the real steps at the end that are left out, at least one step. Defaults to
            0.1.

    Returns: float from 0 to 1; 0 for a row of one step.

    Raises:
        ValueError: if `stop_logits` is not of rank 1, `n_steps` is out of its range, or `last` is
            not in [0, 1).

    Example:

    >>> early_stop_probability(np.array([-9.0, 0.0, -9.0, -9.0, 9.0]))
    0.5
    """
    logits = np.asarray(stop_logits, dtype="float64")
    if logits.ndim != 1 or not len(logits):
        raise ValueError(f"`stop_logits` must be of shape (steps,). Received: shape={logits.shape}")
    n_steps = len(logits) if n_steps is None else int(n_steps)
    if not 1 <= n_steps <= len(logits):
        raise ValueError(f"`n_steps` must be from 1 to {len(logits)}. Received: n_steps={n_steps}")
    if not 0 <= last < 1:
        raise ValueError(f"`last` must be in [0, 1). Received: last={last}")
    early = logits[: n_steps - max(1, round(last * n_steps))]
    # Neither of the two exponentials can overflow.
    return float(0.5 * (1.0 + np.tanh(0.5 * early.max()))) if len(early) else 0.0

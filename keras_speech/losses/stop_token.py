"""Cross-entropy of "this is the last step"."""

from keras import ops

from keras_speech.losses.masked import masked_mean
from keras_speech.ops import masking


def stop_token(logits, step_lengths, positive_weight=5.0):
    """Cross-entropy between stop logits and where each row ends.

    Args:
        logits: float tensor `(batch, steps)`.
        step_lengths: int `(batch,)`, how many steps are real; the last of them is the one to stop
            at.
        positive_weight: how much more that step counts than each before it. Defaults to 5.

    Returns: float32 scalar in nats, the mean over real steps.

    Example:
    >>> import numpy as np
    >>> sure = np.array([[-20.0, -20.0, 20.0]], "float32")
    >>> bool(stop_token(sure, np.array([3])) < 1e-6)
    True
    """
    logits = ops.cast(logits, "float32")
    n_steps = ops.shape(logits)[1]
    last = ops.cast(ops.arange(n_steps) >= step_lengths[:, None] - 1, "float32")
    values = ops.binary_crossentropy(last, logits, from_logits=True)
    weights = 1.0 + (positive_weight - 1.0) * last
    return masked_mean(values * weights, masking.sequence_mask(step_lengths, n_steps))

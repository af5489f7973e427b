"""How long each token lasts."""

import keras
from keras import ops

from keras_speech.layers.variance_predictor import VariancePredictor


@keras.saving.register_keras_serializable("keras_speech")
class DurationPredictor(VariancePredictor):
    """Predicts `log(1 + frames)` of each token; convolutional, or recurrent by `recurrent_units`.

    Arguments, call arguments and shapes are `VariancePredictor`'s. `to_frames` turns what it gives
    into whole frames.

    Example:
    >>> import numpy as np
    >>> predictor = DurationPredictor(filters=16, recurrent_units=8)
    >>> log_durations = predictor(np.zeros((2, 7, 8)))
    >>> tuple(predictor.to_frames(log_durations).shape)
    (2, 7)

    Reference: [Ren et al., 2019](https://arxiv.org/abs/1905.09263), section 3.3.
    """

    def log_target(self, durations):
        """What the predictor is to give for known durations in frames: float32."""
        return ops.log1p(ops.cast(durations, "float32"))

    def to_frames(self, log_durations, mask=None, speed=1.0):
        """Whole frames of each token.

        Ends are rounded, not lengths: short tokens do not add up to a sentence that is too long
        or too short. A token that has a frame at a speed of 1 keeps one at any speed, so that
        haste skips none.

        Args:
            log_durations: `(batch, tokens)`, what the predictor gave.
            mask: bool `(batch, tokens)`, True where a token is real. Defaults to None.
            speed: by which lengths are divided: a number, or `(batch, tokens)`. Defaults to 1.

        Returns: int32 `(batch, tokens)`; each row sums to 1 at least.
        """
        frames = ops.maximum(ops.expm1(ops.cast(log_durations, "float32")), 0.0)
        if mask is None:
            mask = ops.ones_like(frames, dtype="bool")
        frames = ops.where(mask, frames, 0.0)
        ends = ops.cast(ops.floor(ops.cumsum(frames / speed, axis=1) + 0.5), "int32")
        ends = _at_least(ends, ops.cast(frames >= 0.5, "int32"))
        # Something is said, if only by the last token.
        n_tokens = ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True)
        is_last = ops.arange(ops.shape(ends)[1], dtype="int32")[None] >= n_tokens - 1
        ends = ops.where(is_last, ops.maximum(ends, 1), ends)
        return ends - ops.concatenate([ops.zeros_like(ends[:, :1]), ends[:, :-1]], axis=1)


def _at_least(ends, lengths):
    """The earliest ends from `ends` on that leave room for `lengths`, both int32 `(batch, n)`.

    Token i ends no sooner than any token j before it, and the lengths of those between, allow:
    `e_i = max over j <= i of ends_j + L_i - L_j`, where L sums the lengths.
    """
    summed = ops.cumsum(lengths, axis=1)
    surplus = (ends - summed)[:, None, :]
    index = ops.arange(ops.shape(ends)[1], dtype="int32")
    before = index[None, None, :] <= index[None, :, None]
    # None is before the first, which starts at 0.
    return summed + ops.max(ops.where(before, surplus, 0), axis=2, initial=0)

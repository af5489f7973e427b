"""Frames cut into steps: what each step says, and what it has heard before."""

import keras
from keras import ops

from keras_speech.models.neural_hmm.states import gather_rows


def cut(mel, mel_lengths, reduction):
    """Frames of each step, side by side; the last one goes on where a step reaches beyond the end.

    Args:
        mel: `(batch, frames, n_mels)`.
        mel_lengths: int `(batch,)`.
        reduction: frames per step.

    Returns: `(before, targets, n_steps)`: `(batch, steps - 1, n_mels)`, the last frame of each
    step but the last; `(batch, steps, reduction * n_mels)`; int32 `(batch,)`.
    """
    batch, n_frames, n_mels = ops.shape(mel)
    n_steps = -(-n_frames // reduction)
    mel_lengths = ops.cast(mel_lengths, "int32")
    places = ops.arange(n_steps * reduction, dtype="int32")
    mel = gather_rows(mel, ops.minimum(places, mel_lengths[:, None] - 1))
    targets = ops.reshape(mel, (batch, n_steps, reduction * n_mels))
    before = mel[:, reduction - 1 :: reduction][:, :-1]
    return before, targets, -(-mel_lengths // reduction)


def dropped(frames, rate, training, seed):
    """`frames` `(batch, steps, n_mels)`, in training with a share of `rate` as zeros.

    A rate of 1 leaves none, in inference neither: a model that never heard any cannot use them.
    """
    if rate == 1:
        return ops.zeros_like(frames)
    if not training or not rate:
        return frames
    draws = keras.random.uniform(ops.shape(frames)[:2], seed=seed)
    return ops.where(draws[:, :, None] < rate, 0.0, frames)

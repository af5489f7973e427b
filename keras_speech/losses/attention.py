"""Losses that teach an attention where to look."""

from keras import ops

from keras_speech.losses.masked import masked_mean
from keras_speech.ops import masking


def guided_attention(alignment, token_lengths, step_lengths, sigma=0.4):
    """Penalty for attention weights far from the diagonal.

    Args:
        alignment: `(batch, steps, tokens)`, attention weights.
        token_lengths, step_lengths: int `(batch,)`, how many of each are real.
        sigma: width of the band that goes unpunished, as a share of the length. Defaults to 0.4,
            which suits autoregressive decoders; the paper's convolutional one used 0.2.

    Returns: float32 scalar, the mean over real steps of each step's summed penalty.

    Example:
    >>> import numpy as np
    >>> lengths = np.array([2]), np.array([2])
    >>> float(guided_attention(np.eye(2)[None], *lengths))
    0.0
    >>> loss = guided_attention(np.eye(2)[None, ::-1], *lengths)
    >>> round(float(loss), 3)  # 1 - exp(-0.5**2 / (2 * 0.4**2))
    0.542

    Reference: [Tachibana et al., 2018](https://arxiv.org/abs/1710.08969), section 4.1; summed, not
    averaged, over tokens, so that the penalty does not fade with the length of the text.
    """
    n_steps, n_tokens = ops.shape(alignment)[1], ops.shape(alignment)[2]
    step = _relative_position(n_steps, step_lengths)[:, :, None]
    token = _relative_position(n_tokens, token_lengths)[:, None, :]
    penalty = 1.0 - ops.exp(-ops.square(token - step) / (2.0 * sigma**2))
    per_step = ops.sum(ops.cast(alignment, "float32") * penalty, axis=-1)
    return masked_mean(per_step, masking.sequence_mask(step_lengths, n_steps))


def _relative_position(n, lengths):
    positions = ops.cast(ops.arange(n), "float32")[None, :]
    return positions / ops.cast(ops.maximum(lengths, 1), "float32")[:, None]


def alignment_targets(durations, n_steps, frames_per_step=1):
    """Attention weights that known durations call for.

    Args:
        durations: int `(batch, tokens)`, frames per token.
        n_steps: number of decoder steps.
        frames_per_step: frames that each step covers. Defaults to 1.

    Returns: float32 `(batch, n_steps, tokens)`: the share of each step's frames that belongs to
    each token. Steps after the last token are all zero.

    Example:
    >>> import numpy as np
    >>> np.asarray(alignment_targets(np.array([[1, 3]]), 2, frames_per_step=2))[0].tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """
    ends = ops.cast(ops.cumsum(durations, axis=1), "float32")[:, None, :]
    starts = ends - ops.cast(durations, "float32")[:, None, :]
    first = ops.cast(ops.arange(n_steps) * frames_per_step, "float32")[None, :, None]
    overlap = ops.minimum(ends, first + frames_per_step) - ops.maximum(starts, first)
    overlap = ops.maximum(overlap, 0.0)
    total = ops.sum(overlap, axis=-1, keepdims=True)
    return overlap / ops.maximum(total, 1.0)


def attention_supervision(alignment, targets, step_lengths):
    """Cross-entropy between attention weights and the alignment that durations call for.

    Args:
        alignment: `(batch, steps, tokens)`, attention weights.
        targets: `(batch, steps, tokens)`, see `alignment_targets`.
        step_lengths: int `(batch,)`, how many steps are real.

    Returns: float32 scalar in nats per step.

    Example:
    >>> import numpy as np
    >>> targets = alignment_targets(np.array([[1, 1]]), 2)
    >>> alignment = np.array([[[1.0, 0.0], [0.5, 0.5]]])
    >>> round(float(attention_supervision(alignment, targets, np.array([2]))), 3)  # ln(2) / 2
    0.347

    Reference: the supervised attention of
    [Zhu et al., 2019](https://arxiv.org/abs/1908.04517), as a cross-entropy.
    """
    alignment = ops.cast(alignment, "float32")
    # Weights of a mixture of Gaussians may sum to more than 1, which must not look better than 1.
    alignment = alignment / ops.maximum(ops.sum(alignment, axis=-1, keepdims=True), 1.0)
    log_weights = ops.log(alignment + 1e-5)
    per_step = -ops.sum(targets * log_weights, axis=-1)
    mask = masking.sequence_mask(step_lengths, ops.shape(alignment)[1])
    return masked_mean(per_step, mask)

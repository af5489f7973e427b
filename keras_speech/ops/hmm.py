"""Left-right hidden Markov models without skips: likelihood, posteriors, best path.

A row's frames are spread over its states in order: the first frame is made by the first state, the
last frame by the last one, and between two frames the process either stays or moves on to the next
state. Emission and transition probabilities may depend on the frame and on the state, as those of
a neural network do. All is in float32 and in logarithms; each frame's probabilities are normalized
and the normalizers summed, so that long recordings lose no precision.

Arguments that all functions share:

- `log_emissions`: `(batch, frames, states)`, log-density of each frame in each state.
- `log_stay`: `(batch, frames, states)`, log-probability of being in the same state a frame later.
- `log_leave`: `(batch, frames, states)`, that of the next state; in the last state, of the end.
- `n_frames`: int `(batch,)`, frames of each row. Defaults to all.
- `n_states`: int `(batch,)`, states of each row. Defaults to all.

Reference: [Rabiner, 1989](https://doi.org/10.1109/5.18626), sections III and V.A.
"""

import numpy as np
from keras import ops

from keras_speech.ops import masking, recurrence

# Log-probability of what cannot be: finite, so that differences of two are numbers.
IMPOSSIBLE = -1e30


def log_likelihood(log_emissions, log_stay, log_leave, n_frames=None, n_states=None):
    """Log-probability of the frames, summed over all paths (the forward algorithm).

    Its gradient is that of the backward algorithm, zero for rows that no path explains.

    Args: see the module.

    Returns: float32 `(batch,)`; `-inf` where a row has fewer frames than states, or only paths of
    probability zero.

    Example:

    >>> half = np.log(np.full((1, 3, 2), 0.5, "float32"))
    >>> round(float(np.exp(log_likelihood(0 * half, half, half)[0])), 4)  # two paths of three moves
    0.25
    """
    arrays, masks = _prepare(log_emissions, log_stay, log_leave, n_frames, n_states)

    @ops.custom_gradient
    def run(emissions, stay, leave):
        alpha, total = _forward((emissions, stay, leave), masks)

        def gradient(*upstream):
            (upstream,) = recurrence.flat(upstream)
            possible = total > IMPOSSIBLE / 10
            upstream = ops.where(possible, upstream, 0.0)[None, :, None]
            parts = _posteriors(alpha, (emissions, stay, leave), masks)
            return tuple(ops.where(possible[:, None], upstream * part, 0.0) for part in parts)

        return ops.where(total > IMPOSSIBLE / 10, total, -np.inf), gradient

    return run(*arrays)


def posteriors(log_emissions, log_stay, log_leave, n_frames=None, n_states=None):
    """Probability of each state at each frame, given all frames (forward and backward algorithm).

    Args: see the module.

    Returns: float32 `(batch, frames, states)`, sum 1 over the states of each real frame, 0 on
    padding. Rows that no path explains hold nothing of use.

    Example:

    >>> half = np.log(np.full((1, 3, 2), 0.5, "float32"))
    >>> np.round(np.asarray(posteriors(0 * half, half, half)[0]), 2).tolist()
    [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]
    """
    arrays, masks = _prepare(log_emissions, log_stay, log_leave, n_frames, n_states)
    alpha, _ = _forward(arrays, masks)
    return ops.transpose(_posteriors(alpha, arrays, masks)[0], (1, 0, 2))


def viterbi(log_emissions, log_stay, log_leave, n_frames=None, n_states=None):
    """The likeliest path.

    Args: see the module.

    Returns: `(path, log_probability)`: int32 `(batch, frames)`, the state of each frame, -1 on
    padding; and float32 `(batch,)`, of frames and path together, `-inf` where no path explains the
    row, whose path then holds nothing of use.

    Example:

    >>> half = np.log(np.full((1, 4, 2), 0.5, "float32"))
    >>> frames = np.array([[[0.0, -9.0], [0.0, -1.0], [0.0, -1.0], [-9.0, 0.0]]])
    >>> np.asarray(viterbi(frames, half, half)[0]).tolist()
    [[0, 0, 0, 1]]
    """
    (emissions, stay, leave), (is_frame, is_last) = _prepare(
        log_emissions, log_stay, log_leave, n_frames, n_states
    )

    def forward(carry, step):
        best, end = carry
        emission, stay, leave, real = step
        best = best + emission
        end = ops.where(real, ops.sum(ops.where(is_last, best + leave, 0.0), axis=-1), end)
        kept, moved = best + stay, _shifted(best + leave)
        came = ops.cast(moved > kept, "int32")
        return (ops.maximum(kept, moved), end), (came,)

    start = _start(emissions)
    (_, log_probability), (came,) = recurrence.scan(
        forward,
        (start, start[:, 0]),
        (ops.cast(is_last, "int32"),),
        (emissions, stay, leave, is_frame),
    )
    last = ops.cast(ops.argmax(ops.cast(is_last, "int32"), axis=-1), "int32")
    # What came into a frame was decided a frame earlier; into the first, nothing did.
    came = recurrence.shifted(came)

    def backward(carry, step):
        (state,) = carry
        came, real = step
        moved = ops.take_along_axis(came, state[:, None], axis=1)[:, 0]
        return (ops.where(real, state - moved, state),), (ops.where(real, state, -1),)

    _, (path,) = recurrence.scan(backward, (last,), (last,), (came, is_frame), reverse=True)
    possible = log_probability > IMPOSSIBLE / 10
    return ops.transpose(path), ops.where(possible, log_probability, -np.inf)


def state_durations(path, n_states):
    """Frames that a path spends in each state.

    Args:
        path: int `(batch, frames)`, -1 on padding, as `viterbi` returns it.
        n_states: number of states, the same for all rows.

    Returns: int32 `(batch, n_states)`.

    Example:

    >>> np.asarray(state_durations(np.array([[0, 0, 1, -1]]), 3)).tolist()
    [[2, 1, 0]]
    """
    states = ops.arange(n_states, dtype="int32")
    return ops.sum(ops.cast(ops.cast(path, "int32")[:, :, None] == states, "int32"), axis=1)


def _prepare(log_emissions, log_stay, log_leave, n_frames, n_states):
    """Time-major float32 arrays without infinities, and masks of frames and of last states."""
    batch, frames, states = ops.shape(log_emissions)
    if n_frames is None:
        n_frames = ops.broadcast_to(frames, (batch,))
    if n_states is None:
        n_states = ops.broadcast_to(states, (batch,))
    arrays = [
        ops.maximum(ops.cast(x, "float32"), IMPOSSIBLE)
        for x in (log_emissions, log_stay, log_leave)
    ]
    is_state = masking.sequence_mask(n_states, states)[:, None, :]
    arrays[0] = ops.where(is_state, arrays[0], IMPOSSIBLE)
    n_states = ops.cast(n_states, "int32")
    is_last = ops.arange(states, dtype="int32") == n_states[:, None] - 1
    is_frame = ops.transpose(masking.sequence_mask(n_frames, frames))
    return tuple(ops.transpose(x, (1, 0, 2)) for x in arrays), (is_frame, is_last)


def _forward(arrays, masks):
    """`log p(state | frames so far)` `(frames, batch, states)`, and the total log-likelihood."""
    is_frame, is_last = masks

    def step(carry, inputs):
        prior, total, end = carry
        emission, stay, leave, real = inputs
        joint = prior + emission
        normalizer = ops.logsumexp(joint, axis=-1)
        alpha = joint - normalizer[:, None]
        total = ops.where(real, total + normalizer, total)
        left = alpha + leave
        end = ops.where(real, ops.sum(ops.where(is_last, left, 0.0), axis=-1), end)
        return (_logaddexp(alpha + stay, _shifted(left)), total, end), (alpha,)

    start = _start(arrays[0])
    zeros = ops.zeros_like(start[:, 0])
    (_, total, end), (alpha,) = recurrence.scan(
        step, (start, zeros, zeros), (start,), (*arrays, is_frame)
    )
    return alpha, total + end


def _posteriors(alpha, arrays, masks):
    """Probabilities of state, of staying in it and of leaving it, each `(frames, batch, states)`.

    They are the derivatives of the log-likelihood by emissions, `log_stay` and `log_leave`.
    """
    emissions, stay, leave = arrays
    is_frame, is_last = masks
    real = ops.cast(is_frame, "int32")
    is_end = real - ops.concatenate([real[1:], ops.zeros_like(real[:1])], axis=0) > 0

    def step(carry, inputs):
        (after,) = carry  # log p(this and later frames | state), of the frame that comes after
        alpha, emission, stay, leave, real, is_end = inputs
        real, is_end = real[:, None], is_end[:, None]
        kept = ops.where(is_end, IMPOSSIBLE, stay + after)
        next_state = ops.concatenate(
            [after[:, 1:], ops.full_like(after[:, :1], IMPOSSIBLE)], axis=-1
        )
        moved = leave + ops.where(is_end, ops.where(is_last, 0.0, IMPOSSIBLE), next_state)
        beta = _logaddexp(kept, moved)
        normalizer = ops.logsumexp(alpha + beta, axis=-1, keepdims=True)
        parts = (beta, kept, moved)
        parts = tuple(ops.where(real, ops.exp(alpha + p - normalizer), 0.0) for p in parts)
        now = emission + beta
        now = now - ops.max(now, axis=-1, keepdims=True)
        return (ops.where(real, now, after),), parts

    zeros = ops.zeros_like(alpha[0])
    _, parts = recurrence.scan(
        step,
        (zeros,),
        (zeros, zeros, zeros),
        (alpha, emissions, stay, leave, is_frame, is_end),
        reverse=True,
    )
    return parts


def _start(emissions):
    """Log-probabilities of the state before anything is seen: it is the first."""
    first = ops.arange(ops.shape(emissions)[2], dtype="int32") == 0
    return ops.zeros_like(emissions[0]) + ops.where(first, 0.0, IMPOSSIBLE)


def _shifted(values):
    """Each state's value at the next state; nothing comes into the first."""
    return ops.concatenate([ops.full_like(values[:, :1], IMPOSSIBLE), values[:, :-1]], axis=-1)


def _logaddexp(a, b):
    return ops.maximum(a, b) + ops.log1p(ops.exp(-ops.abs(a - b)))

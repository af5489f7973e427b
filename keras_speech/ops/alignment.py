"""Monotonic alignment of frames with tokens, in the graph: all paths at once, and the best one.

A path gives every frame to one token, begins at the first token, ends at the last, and goes on by
at most one token from frame to frame: no token is skipped. Everything is float32 and vectorized
over batch and tokens; loops run over frames.

Reference: [Badlani et al., 2021](https://arxiv.org/abs/2108.10447), section 3;
[Kim et al., 2020](https://arxiv.org/abs/2005.11129), section 3.2.
"""

import math

from keras import ops

from keras_speech.ops import masking, recurrence

# What no path can reach: far below any sum of log-probabilities, and no infinity, whose
# difference from itself would be no number.
IMPOSSIBLE = -1e9


def forward_sum(log_probs, token_lengths, frame_lengths):
    """Log of the summed probability of all monotonic paths.

    Args:
        log_probs: `(batch, frames, tokens)`, log-probability of each token at each frame.
        token_lengths: int `(batch,)`.
        frame_lengths: int `(batch,)`.

    Returns: float32 `(batch,)`; about -1e9 where a row has fewer frames than tokens. Its gradient
    is the probability with which paths go through each frame and token, and 0 in such a row.

    Example:
    >>> import numpy as np
    >>> log_probs = np.log(np.full((1, 3, 2), 0.5, "float32"))
    >>> round(float(np.exp(forward_sum(log_probs, np.array([2]), np.array([3])))[0]), 3)
    0.25
    """
    frames = ops.transpose(ops.cast(log_probs, "float32"), (1, 0, 2))
    _, batch, n_tokens = ops.shape(frames)
    first = ops.broadcast_to(_where(ops.arange(n_tokens) == 0)[None], (batch, n_tokens))
    last = _where(ops.arange(n_tokens)[None] == token_lengths[:, None] - 1)
    mask = _frame_mask(frame_lengths, ops.shape(frames)[0])

    @ops.custom_gradient
    def total(frames):
        def forward(carry, step):
            # `reached` is what a frame finds: the first frame finds the first token.
            (reached,), (log_p, real) = carry, step
            alpha = ops.maximum(reached + log_p, IMPOSSIBLE)
            onward = ops.logaddexp(alpha, _next_token(alpha))
            return (ops.where(real, onward, reached),), (alpha,)

        (_,), (alphas,) = recurrence.scan(forward, (first,), (first,), (frames, mask))
        # The sum is read at each row's last frame and token.
        ends = ops.logical_and(mask, ops.logical_not(_later(mask)))
        at_end = ops.sum(ops.where(ends, alphas, 0.0), axis=0)
        log_total = ops.logsumexp(at_end + last, axis=-1)

        def gradient(*upstream):
            (upstream,) = recurrence.flat(upstream)

            def backward(carry, step):
                (onward,), (log_p, real) = carry, step
                # `onward` is the sum over what may follow this frame.
                found = ops.maximum(onward + log_p, IMPOSSIBLE)
                before = ops.logaddexp(found, _previous_token(found))
                return (ops.where(real, before, onward),), (onward,)

            (_,), (betas,) = recurrence.scan(
                backward, (last,), (last,), (frames, mask), reverse=True
            )
            log_share = ops.minimum(alphas + betas - log_total[None, :, None], 0.0)
            share = ops.where(mask, ops.exp(log_share), 0.0)
            # Far below any sum of log-probabilities: a row without a path.
            possible = ops.cast(log_total > IMPOSSIBLE / 2, "float32")
            return share * (upstream * possible)[None, :, None]

        return log_total, gradient

    return total(frames)


def viterbi(log_probs, token_lengths, frame_lengths):
    """Frames of each token on the most probable monotonic path.

    Args:
        log_probs: `(batch, frames, tokens)`, log-probability of each token at each frame, or any
            score whose sum along the path is to be greatest.
        token_lengths: int `(batch,)`.
        frame_lengths: int `(batch,)`.

    Returns: int32 `(batch, tokens)`: at least 1 for each real token, 0 on padding; rows sum to
    `frame_lengths`. In a row with fewer frames than tokens the first tokens get none.

    Example:
    >>> import numpy as np
    >>> likely = np.array([[[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]]])
    >>> np.asarray(viterbi(np.log(likely), np.array([2]), np.array([3]))).tolist()
    [[2, 1]]
    """
    frames = ops.transpose(ops.cast(ops.stop_gradient(log_probs), "float32"), (1, 0, 2))
    n_frames, batch, n_tokens = ops.shape(frames)
    tokens = ops.arange(n_tokens, dtype="int32")
    mask = _frame_mask(frame_lengths, n_frames)
    first = ops.broadcast_to(_where(tokens == 0)[None], (batch, n_tokens))

    def forward(carry, step):
        (reached,), (log_p, real) = carry, step
        score = ops.maximum(reached + log_p, IMPOSSIBLE)
        moved = _next_token(score)
        came = ops.cast(moved > score, "float32")  # to the next frame, from the token before
        return (ops.where(real, ops.maximum(score, moved), reached),), (came,)

    (_,), (came,) = recurrence.scan(forward, (first,), (first,), (frames, mask))
    # At the frame after, so that a look back at a frame finds how that frame was reached.
    came = recurrence.shifted(came)
    start = ops.cast(tokens[None] == token_lengths[:, None] - 1, "float32")

    def backward(carry, step):
        (here,), (came, real) = carry, step
        moves = here * came
        before = here - moves + _previous_token(moves, outside=0.0)
        return (ops.where(real, before, here),), (ops.where(real, here, 0.0),)

    (_,), (path,) = recurrence.scan(backward, (start,), (start,), (came, mask), reverse=True)
    return ops.cast(ops.sum(path, axis=0), "int32")


def beta_binomial_prior(token_lengths, frame_lengths, n_tokens, n_frames, concentration=1.0):
    """Log-probability of each token at each frame before anything is heard: near the diagonal.

    Args:
        token_lengths, frame_lengths: int `(batch,)`.
        n_tokens, n_frames: sizes of the result, int or scalar integer tensor.
        concentration: how narrow the band is; greater is narrower. Defaults to 1.

    Returns: float32 `(batch, n_frames, n_tokens)`, -1e9 on padded tokens.

    Example:
    >>> import numpy as np
    >>> prior = beta_binomial_prior(np.array([2]), np.array([3]), n_tokens=2, n_frames=3)
    >>> np.asarray(np.exp(prior)).round(2)[0].tolist()
    [[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]]

    Reference: [Shih et al., 2021](https://openreview.net/forum?id=0NQwnnwAORi), appendix A;
    [Badlani et al., 2021](https://arxiv.org/abs/2108.10447), section 3.2.
    """
    tokens = ops.cast(token_lengths, "float32")[:, None, None]
    frames = ops.cast(frame_lengths, "float32")[:, None, None]
    n = ops.cast(ops.arange(n_tokens), "float32")[None, None, :]
    t = ops.cast(ops.arange(n_frames), "float32")[None, :, None]
    trials = tokens - 1.0
    successes = ops.minimum(n, trials)
    failures = trials - successes
    # Padded frames take the last frame's numbers: finite, and never read.
    t = ops.minimum(t, frames - 1.0)
    a, b = concentration * (t + 1.0), concentration * (frames - t)
    log_choose = _log_gamma(trials + 1) - _log_gamma(successes + 1) - _log_gamma(failures + 1)
    log_prob = log_choose + _log_beta(successes + a, failures + b) - _log_beta(a, b)
    return ops.where(n < tokens, log_prob, IMPOSSIBLE)


def assignment(durations, n_frames):
    """1 where a frame belongs to a token, else 0.

    Its product with the values of tokens repeats each for its frames: the length regulator.

    Args:
        durations: int `(batch, tokens)`, frames of each token.
        n_frames: length of the result, int or scalar integer tensor.

    Returns: float32 `(batch, n_frames, tokens)`, 0 after a row's last frame.

    Example:
    >>> import numpy as np
    >>> np.asarray(assignment(np.array([[2, 1]]), 4))[0].tolist()
    [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]

    Reference: [Ren et al., 2019](https://arxiv.org/abs/1905.09263), section 3.2.
    """
    durations = ops.cast(durations, "int32")
    ends = ops.cumsum(durations, axis=1)[:, None, :]
    starts = ends - durations[:, None, :]
    frames = ops.arange(n_frames, dtype="int32")[None, :, None]
    return ops.cast(ops.logical_and(starts <= frames, frames < ends), "float32")


def _where(condition):
    """0 where the condition holds, unreachable elsewhere."""
    return ops.where(condition, 0.0, IMPOSSIBLE)


def _next_token(x):
    """What goes on from each token to the next, `(batch, tokens)`; nothing reaches the first."""
    return ops.concatenate([ops.full_like(x[:, :1], IMPOSSIBLE), x[:, :-1]], axis=1)


def _previous_token(x, outside=IMPOSSIBLE):
    return ops.concatenate([x[:, 1:], ops.full_like(x[:, :1], outside)], axis=1)


def _frame_mask(frame_lengths, n_frames):
    """True on real frames, `(frames, batch, 1)`."""
    return ops.transpose(masking.sequence_mask(frame_lengths, n_frames))[:, :, None]


def _later(mask):
    return ops.concatenate([mask[1:], ops.zeros_like(mask[:1])], axis=0)


def _log_beta(a, b):
    return _log_gamma(a) + _log_gamma(b) - _log_gamma(a + b)


def _log_gamma(x):
    """Log of the gamma function for positive `x`, by Stirling's series three steps further on."""
    shifted = x + 3.0
    series = 1.0 / (12.0 * shifted) - 1.0 / (360.0 * shifted**3) + 1.0 / (1260.0 * shifted**5)
    stirling = (shifted - 0.5) * ops.log(shifted) - shifted + 0.5 * math.log(2 * math.pi) + series
    return stirling - ops.log(x * (x + 1.0) * (x + 2.0))

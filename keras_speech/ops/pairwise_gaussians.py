"""Gaussian densities of every frame in every state, from a small network over all pairs.

The network's first layer is a sum of what a frame and what a state say, so that only ReLU and the
second layer run for each pair. All pairs at once fill gigabytes; here a loop takes one frame after
another with all its states, and the gradient, written by hand, computes each frame again rather
than keep it: same numbers, little memory.
"""

import math

from keras import ops

from keras_speech.ops import recurrence


def pair_parameters(frame, state, kernel, bias, std_floor):
    """What the network says of pairs of a frame and a state.

    Args:
        frame, state: `(..., units)`, shapes that broadcast; their sum is the first layer, before
            its ReLU.
        kernel, bias: of the second layer, `(units, 2 * channels + 1)` and `(2 * channels + 1,)`.
        std_floor: least standard deviation.

    Returns: `(mean, std, leave_logits)`: `(..., channels)`, `(..., channels)`, `(...)`.
    """
    said = ops.matmul(ops.relu(frame + state), kernel) + bias
    channels = (kernel.shape[-1] - 1) // 2
    mean, raw, leave = ops.split(said, [channels, 2 * channels], axis=-1)
    return mean, std_floor + ops.softplus(raw), leave[..., 0]


def pairwise_gaussians(frames, states, kernel, bias, targets, std_floor):
    """Log-density of every frame in every state, and the logit of leaving the state after it.

    Args:
        frames: `(batch, frames, units)`, what the first layer says of each frame's past.
        states: `(batch, states, units)`, what it says of each state, with its bias.
        kernel, bias, std_floor: see `pair_parameters`.
        targets: `(batch, frames, channels)`, the frames to be explained. No gradient flows here.

    Returns: pair of `(batch, frames, states)`, float32: log-densities of diagonal Gaussians, and
    logits.

    Example:

    >>> import numpy as np
    >>> zeros = np.zeros((1, 2, 3), "float32")
    >>> density, logits = pairwise_gaussians(
    ...     zeros, zeros, np.zeros((3, 9)), np.zeros(9), np.zeros((1, 2, 4)), std_floor=0.0)
    >>> round(float(density[0, 0, 0] / 4 + np.log(np.log(2)) + np.log(2 * np.pi) / 2), 5)
    0.0
    """
    frames, states, kernel, bias, targets = (
        ops.cast(x, "float32") for x in (frames, states, kernel, bias, targets)
    )
    units, width = kernel.shape
    channels = (width - 1) // 2
    targets = ops.transpose(targets, (1, 0, 2))
    constant = -0.5 * channels * math.log(2.0 * math.pi)

    def hidden(frame, states):
        return ops.reshape(ops.relu(frame[:, None, :] + states), (-1, units))

    def distance(h, target, kernel, bias, batch, n_states):
        """Distance from the mean in standard deviations, the deviations before and after
        softplus, and the logits, of all pairs of a frame: `(batch * states, ...)`."""
        said = ops.matmul(h, kernel) + bias
        mean, raw, leave = ops.split(said, [channels, 2 * channels], axis=-1)
        std = std_floor + ops.softplus(raw)
        target = ops.broadcast_to(target[:, None, :], (batch, n_states, channels))
        return (ops.reshape(target, (-1, channels)) - mean) / std, raw, std, leave

    @ops.custom_gradient
    def run(frames, states, kernel, bias):
        frames = ops.transpose(frames, (1, 0, 2))
        n_frames, batch, _ = ops.shape(frames)
        n_states = ops.shape(states)[1]
        shape = (batch, n_states)

        def forward(carry, step):
            frame, target = step
            z, _, std, leave = distance(hidden(frame, states), target, kernel, bias, *shape)
            density = constant - ops.sum(0.5 * ops.square(z) + ops.log(std), axis=-1)
            return carry, (ops.reshape(density, shape), ops.reshape(leave, shape))

        like = ops.zeros(shape, dtype="float32")
        _, (density, leave) = recurrence.scan(forward, (), (like, like), (frames, targets))

        def gradient(*upstream):
            d_density, d_leave = (
                ops.transpose(ops.cast(x, "float32"), (1, 0, 2)) for x in recurrence.flat(upstream)
            )
            kernel_transposed = ops.transpose(kernel)

            def more(t, *sums):
                return t < n_frames

            def backward(t, d_frames, d_states, d_kernel, d_bias):
                h = hidden(frames[t], states)
                z, raw, std, _ = distance(h, targets[t], kernel, bias, *shape)
                g = ops.reshape(d_density[t], (-1, 1))
                slope = g * z / std
                d_raw = (slope * z - g / std) * ops.sigmoid(raw)
                d_said = ops.concatenate([slope, d_raw, ops.reshape(d_leave[t], (-1, 1))], axis=-1)
                d_h = ops.matmul(d_said, kernel_transposed)
                d_h = ops.reshape(ops.where(h > 0, d_h, 0.0), (*shape, units))
                return (
                    t + 1,
                    ops.slice_update(d_frames, (t, 0, 0), ops.sum(d_h, axis=1)[None]),
                    d_states + d_h,
                    d_kernel + ops.matmul(ops.transpose(h), d_said),
                    d_bias + ops.sum(d_said, axis=0),
                )

            start = (ops.convert_to_tensor(0, dtype="int32"),)
            start += tuple(ops.zeros_like(x) for x in (frames, states, kernel, bias))
            _, d_frames, *rest = ops.while_loop(more, backward, start)
            return (ops.transpose(d_frames, (1, 0, 2)), *rest)

        density, leave = (ops.transpose(x, (1, 0, 2)) for x in (density, leave))
        return (density, leave), gradient

    return run(frames, states, kernel, bias)

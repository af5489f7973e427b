"""A long short-term memory with layer normalization, with a gradient written by hand.

As in `ops/lstm.py`, the loop keeps each step's gradients, and one product after it forms those of
the weights. Arrays are time-major, `(time, batch, channels)`.
"""

from keras import ops

from keras_speech.ops import lstm, recurrence


def normalize(x, epsilon):
    """`x` with mean 0 and variance 1 over its last axis.

    Args:
        x: float tensor `(..., channels)`.
        epsilon: added to the variance.

    Returns: `(normalized, factor)`: a tensor like `x`, and one over its deviation, `(..., 1)`.
        Mean and variance are float32 whatever `x` is.
    """
    wide = ops.cast(x, "float32")
    centered = wide - ops.mean(wide, axis=-1, keepdims=True)
    factor = ops.rsqrt(ops.mean(ops.square(centered), axis=-1, keepdims=True) + epsilon)
    return ops.cast(centered * factor, x.dtype), ops.cast(factor, x.dtype)


def normalize_gradient(normalized, factor, upstream):
    """Gradient of `normalize` with respect to its input, from what it returned."""
    share = ops.mean(upstream * normalized, axis=-1, keepdims=True)
    return factor * (upstream - ops.mean(upstream, axis=-1, keepdims=True) - normalized * share)


def layer_norm_lstm_step(projected, state, weights, epsilon=1e-3):
    """One step of an LSTM whose input is already multiplied by its kernel and normalized.

    Args:
        projected: `(batch, 4 * units)`, with all biases; gates in the order input, forget,
            candidate, output.
        state: pair `(h, c)`, each `(batch, units)`; `c` is normalized.
        weights: `(recurrent_kernel, recurrent_gamma, state_gamma, state_beta)`, of the shapes
            `(units, 4 * units)`, `(4 * units,)`, `(units,)`, `(units,)`.
        epsilon: added to variances. Defaults to `1e-3`.

    Returns: pair `(h, c)` after the step; `h` is the output.

    Reference: [Ba et al., 2016](https://arxiv.org/abs/1607.06450), eqs. 20 to 22. As in
    tensorflow-addons the normalized `c` is what the next step finds, not `c` before it.
    """
    return _step(projected, state, weights, epsilon)[0]


def _step(projected, state, weights, epsilon):
    recurrent_kernel, recurrent_gamma, state_gamma, state_beta = weights
    h, c = state
    recurrent, recurrent_factor = normalize(ops.matmul(h, recurrent_kernel), epsilon)
    gates = lstm.activate_gates(projected + recurrent_gamma * recurrent)
    i, f, g, o = ops.split(gates, 4, axis=-1)
    cell, cell_factor = normalize(f * c + i * g, epsilon)
    c_new = state_gamma * cell + state_beta
    h_new = o * ops.tanh(c_new)
    return (h_new, c_new), (gates, recurrent, recurrent_factor, cell, cell_factor)


def layer_norm_lstm(projected, weights, epsilon=1e-3):
    """An LSTM with layer normalization over a sequence, starting from zeros.

    Args:
        projected: `(time, batch, 4 * units)`, see `layer_norm_lstm_step`.
        weights, epsilon: as there.

    Returns: outputs `h`, `(time, batch, units)`.
    """

    @ops.custom_gradient
    def run(projected, recurrent_kernel, recurrent_gamma, state_gamma, state_beta):
        weights = (recurrent_kernel, recurrent_gamma, state_gamma, state_beta)
        zero = ops.zeros_like(projected[0])
        zero_h, zero_factor = zero[:, : zero.shape[-1] // 4], zero[:, :1]

        def forward(carry, step):
            state, kept = _step(step[0], carry, weights, epsilon)
            return state, (*state, *kept)

        _, (h, c, gates, recurrent, recurrent_factor, cell, cell_factor) = recurrence.scan(
            forward,
            (zero_h, zero_h),
            (zero_h, zero_h, zero, zero, zero_factor, zero_h, zero_factor),
            (projected,),
        )

        def gradient(*upstream):
            (dh_all,) = recurrence.flat(upstream)
            kernel_transposed = ops.transpose(recurrent_kernel)

            def backward(carry, step):
                dh, dc = carry
                dh_out, c, c_previous, gates, recurrent, recurrent_factor, cell, cell_factor = step
                i, f, g, o = ops.split(gates, 4, axis=-1)
                tanh_c, dh = ops.tanh(c), dh + dh_out
                dc = dc + dh * o * (1.0 - tanh_c * tanh_c)
                dcell = normalize_gradient(cell, cell_factor, dc * state_gamma)
                dz = ops.concatenate(
                    [
                        dcell * g * i * (1.0 - i),
                        dcell * c_previous * f * (1.0 - f),
                        dcell * i * (1.0 - g * g),
                        dh * tanh_c * o * (1.0 - o),
                    ],
                    axis=-1,
                )
                drecurrent = normalize_gradient(recurrent, recurrent_factor, dz * recurrent_gamma)
                return (ops.matmul(drecurrent, kernel_transposed), dcell * f), (dz, drecurrent, dc)

            kept = (c, recurrence.shifted(c), gates, recurrent, recurrent_factor, cell, cell_factor)
            _, (dz, drecurrent, dc) = recurrence.scan(
                backward, (zero_h, zero_h), (zero, zero, zero_h), (dh_all, *kept), reverse=True
            )
            return (
                dz,
                recurrence.weight_gradient(recurrence.shifted(h), drecurrent),
                ops.sum(dz * recurrent, axis=(0, 1)),
                ops.sum(dc * cell, axis=(0, 1)),
                ops.sum(dc, axis=(0, 1)),
            )

        return h, gradient

    return run(projected, *weights)

"""A GRU over time with a hand-written gradient. Arrays are time-major.

As in `ops/lstm.py`, weight gradients are formed by one product after the loop, not step by step
inside of it.
"""

from keras import ops

from keras_speech.ops import recurrence


def gru_step(projected, h, recurrent_kernel, recurrent_bias):
    """One step of a GRU.

    Args:
        projected: `(batch, 3 * units)`, inputs times their kernel plus their bias; the gates are
            update, reset, candidate, as Keras orders them.
        h: state `(batch, units)`.
        recurrent_kernel: `(units, 3 * units)`.
        recurrent_bias: `(3 * units,)`.

    Returns: the new state `(batch, units)`, which is the output too.

    Reference: [Cho et al., 2014](https://arxiv.org/abs/1406.1078), with the reset gate after the
    product as in cuDNN.
    """
    z, _, n, _ = gates_of(projected, recurrent_part(h, recurrent_kernel, recurrent_bias))
    return z * h + (1.0 - z) * n


def recurrent_part(h, recurrent_kernel, recurrent_bias):
    """What the state says to the gates: `(batch, 3 * units)`."""
    return ops.matmul(h, recurrent_kernel) + recurrent_bias


def gates_of(projected, recurrent):
    """Update gate, reset gate, candidate, and the recurrent part that the reset gate scales."""
    x_z, x_r, x_n = ops.split(projected, 3, axis=-1)
    h_z, h_r, h_n = ops.split(recurrent, 3, axis=-1)
    z, r = ops.sigmoid(x_z + h_z), ops.sigmoid(x_r + h_r)
    return z, r, ops.tanh(x_n + r * h_n), h_n


def gru(projected, recurrent_kernel, recurrent_bias):
    """A GRU over a sequence, starting from zeros.

    Args:
        projected: `(time, batch, 3 * units)`, see `gru_step`.
        recurrent_kernel, recurrent_bias: see `gru_step`.

    Returns: outputs `(time, batch, units)`.
    """

    @ops.custom_gradient
    def run(projected, recurrent_kernel, recurrent_bias):
        zero = ops.zeros_like(projected[0])
        zero_h = zero[:, : zero.shape[-1] // 3]

        def forward(carry, step):
            h = gru_step(step[0], carry[0], recurrent_kernel, recurrent_bias)
            return (h,), (h,)

        _, (h_all,) = recurrence.scan(forward, (zero_h,), (zero_h,), (projected,))

        def gradient(*upstream):
            (dh_all,) = recurrence.flat(upstream)
            h_before = recurrence.shifted(h_all)
            # All steps at once: the gates are cheaper to compute again than to carry along.
            recurrent = ops.matmul(h_before, recurrent_kernel) + recurrent_bias
            z_all, r_all, n_all, candidate_all = gates_of(projected, recurrent)
            kernel_transposed = ops.transpose(recurrent_kernel)

            def backward(carry, step):
                (dh,), (dh_out, h, z, r, n, candidate) = carry, step
                dh = dh + dh_out
                dn = dh * (1.0 - z) * (1.0 - n * n)
                dz = dh * (h - n) * z * (1.0 - z)
                dr = dn * candidate * r * (1.0 - r)
                drecurrent = ops.concatenate([dz, dr, dn * r], axis=-1)
                dh = dh * z + ops.matmul(drecurrent, kernel_transposed)
                return (dh,), (ops.concatenate([dz, dr, dn], axis=-1), drecurrent)

            _, (dprojected, drecurrent) = recurrence.scan(
                backward,
                (zero_h,),
                (zero, zero),
                (dh_all, h_before, z_all, r_all, n_all, candidate_all),
                reverse=True,
            )
            return (
                dprojected,
                recurrence.weight_gradient(h_before, drecurrent),
                ops.sum(drecurrent, axis=(0, 1)),
            )

        return h_all, gradient

    return run(projected, recurrent_kernel, recurrent_bias)

"""A long short-term memory over a whole sequence, with a gradient written by hand.

Automatic differentiation of a loop adds every step's share to the weight gradient, a matrix of
millions of numbers, inside the loop. Here the loop keeps only each step's gate gradients and one
product after it forms the weight gradient: same numbers, about half the time on a CPU.

Arrays are time-major, `(time, batch, channels)`: the loop takes one row a step.
"""

from keras import ops

from keras_speech.ops import recurrence


def lstm_step(projected, state, recurrent_kernel, zoneout=(None, None)):
    """One step of an LSTM whose input is already multiplied by its kernel.

    Args:
        projected: `(batch, 4 * units)`, input times kernel plus biases, gates in the order
            input, forget, candidate, output.
        state: pair `(h, c)`, each `(batch, units)`.
        recurrent_kernel: `(units, 4 * units)`.
        zoneout: pair of what is kept of the previous `h` and `c`: None for nothing, a rate
            (inference: the expected value) or a 0/1 mask `(batch, units)` (training).

    Returns: pair `(h, c)` after the step; `h` is the output.

    Reference: [Hochreiter and Schmidhuber, 1997](https://doi.org/10.1162/neco.1997.9.8.1735);
    zoneout: [Krueger et al., 2017](https://arxiv.org/abs/1606.01305).
    """
    h, c = state
    gates = activate_gates(projected + ops.matmul(h, recurrent_kernel))
    return update_state(gates, h, c, zoneout)


def activate_gates(z):
    """Squash the four gates of `z` `(batch, 4 * units)`, each to its own range."""
    z_i, z_f, z_g, z_o = ops.split(z, 4, axis=-1)
    return ops.concatenate(
        [ops.sigmoid(z_i), ops.sigmoid(z_f), ops.tanh(z_g), ops.sigmoid(z_o)], axis=-1
    )


def update_state(gates, h, c, zoneout):
    """New `(h, c)` from activated gates, with zoneout."""
    i, f, g, o = ops.split(gates, 4, axis=-1)
    c_new = f * c + i * g
    h_new = o * ops.tanh(c_new)
    return _zone(h_new, h, zoneout[0]), _zone(c_new, c, zoneout[1])


def _zone(new, old, keep):
    return new if keep is None else keep * old + (1.0 - keep) * new


def step_gradient(gates, c_previous, dh, dc, zoneout):
    """Gradient of `update_state` with respect to the gates before activation and the old state.

    Args:
        gates: activated gates `(batch, 4 * units)`.
        c_previous: `(batch, units)`.
        dh, dc: gradients of the step's results.
        zoneout: as given to `update_state`.

    Returns: `(dz, dh_kept, dc_previous)`; `dh_kept` is the share that zoneout passes straight to
    the old `h` (the rest goes through `dz` and the recurrent kernel).
    """
    i, f, g, o = ops.split(gates, 4, axis=-1)
    c_new = f * c_previous + i * g
    tanh_c = ops.tanh(c_new)
    dh_kept, dh = _unzone(dh, zoneout[0])
    dc_kept, dc = _unzone(dc, zoneout[1])
    dc = dc + dh * o * (1.0 - tanh_c * tanh_c)
    dz = ops.concatenate(
        [
            dc * g * i * (1.0 - i),
            dc * c_previous * f * (1.0 - f),
            dc * i * (1.0 - g * g),
            dh * tanh_c * o * (1.0 - o),
        ],
        axis=-1,
    )
    return dz, dh_kept, dc * f + dc_kept


def _unzone(gradient, keep):
    if keep is None:
        return ops.zeros_like(gradient), gradient
    kept = keep * gradient
    return kept, gradient - kept


def lstm(projected, recurrent_kernel, zoneout=(None, None)):
    """An LSTM over a sequence, starting from zeros.

    Args:
        projected: `(time, batch, 4 * units)`, see `lstm_step`.
        recurrent_kernel: `(units, 4 * units)`.
        zoneout: pair for `h` and `c`: None, a rate, or a 0/1 mask `(time, batch, units)`.

    Returns: outputs `h`, `(time, batch, units)`.
    """
    masks, at = recurrence.per_step(zoneout)

    @ops.custom_gradient
    def run(projected, recurrent_kernel):
        zero = ops.zeros_like(projected[0])
        zero_h = zero[:, : zero.shape[-1] // 4]

        def forward(carry, step):
            h, c = carry
            gates = activate_gates(step[0] + ops.matmul(h, recurrent_kernel))
            h, c = update_state(gates, h, c, at(step[1:]))
            return (h, c), (h, c, gates)

        _, (h_all, c_all, gates_all) = recurrence.scan(
            forward, (zero_h, zero_h), (zero_h, zero_h, zero), (projected, *masks)
        )

        def gradient(*upstream):
            (dh_all,) = recurrence.flat(upstream)
            kernel_transposed = ops.transpose(recurrent_kernel)

            def backward(carry, step):
                dh, dc = carry
                gates, c_previous, dh_out = step[:3]
                dz, dh_kept, dc = step_gradient(gates, c_previous, dh + dh_out, dc, at(step[3:]))
                return (dh_kept + ops.matmul(dz, kernel_transposed), dc), (dz,)

            _, (dz_all,) = recurrence.scan(
                backward,
                (zero_h, zero_h),
                (zero,),
                (gates_all, recurrence.shifted(c_all), dh_all, *masks),
                reverse=True,
            )
            return dz_all, recurrence.weight_gradient(recurrence.shifted(h_all), dz_all)

        return h_all, gradient

    return run(projected, recurrent_kernel)

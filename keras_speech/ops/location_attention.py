"""Location-sensitive attention driven by an LSTM: one step, and the whole loop with its gradient.

The query at step `t` is the LSTM's output, and the LSTM reads the context found at step `t - 1`:
attention and LSTM have to run in one loop. As in `ops/lstm.py` the gradient is written by hand, so
that the large weight gradients are formed by one product after the loop.

Reference: [Chorowski et al., 2015](https://arxiv.org/abs/1506.07503), eq. 8-9, with the cumulated
weights of [Shen et al., 2018](https://arxiv.org/abs/1712.05884) beside the previous ones. The
location filters and the dense layer on them have nothing between: they act as one filter bank,
`location_kernel`.
"""

from keras import ops

from keras_speech.ops import lstm, recurrence

# Padding gets this energy: its weight is exactly 0 after the softmax.
MASKED_ENERGY = -1e9


def unfold(x, size):
    """Every window of `size` (odd) around each position: `(batch, n)` to `(batch, n, size)`.

    Zeros stand outside the sequence. The rows of a repeated, padded sequence read with a stride
    one longer than itself are its shifted copies: no gather is needed.
    """
    batch, n = ops.shape(x)
    width = n + size - 1
    padded = ops.pad(x, [[0, 0], [size // 2, size // 2]])
    rows = ops.broadcast_to(padded[:, None, :], (batch, n + 1, width))
    rows = ops.reshape(rows, (batch, (n + 1) * width))[:, : n * (width + 1)]
    rows = ops.reshape(rows, (batch, n, width + 1))[:, :, :size]
    return ops.reshape(rows, (batch, n, size))  # states `size` where `n` is unknown to the graph


def fold(windows):
    """The adjoint of `unfold`: add every window back to where it was cut."""
    batch, n, size = ops.shape(windows)
    width = n + size - 1
    rows = ops.pad(windows, [[0, 0], [0, 0], [0, n]])
    rows = ops.reshape(rows, (batch, n * (width + 1)))
    rows = ops.pad(rows, [[0, 0], [0, size - 1]])
    total = ops.sum(ops.reshape(rows, (batch, n + 1, width)), axis=1)
    return total[:, size // 2 : size // 2 + n]


def dense(x, kernel):
    """`x` `(batch, n, channels)` times `kernel`, as one matrix product rather than one per row."""
    batch, n, channels = ops.shape(x)
    flat = ops.matmul(ops.reshape(x, (batch * n, channels)), kernel)
    return ops.reshape(flat, (batch, n, kernel.shape[-1]))


def hidden_energies(query, keys, weights, cumulated, location_kernel):
    """`tanh(query + keys + location)`, `(batch, n, units)`, and the location's windows."""
    size = location_kernel.shape[0] // 2
    windows = ops.concatenate([unfold(weights, size), unfold(cumulated, size)], axis=-1)
    location = dense(windows, location_kernel)
    return ops.tanh(query[:, None, :] + keys + location), windows


def normalize(hidden, score_kernel, mask):
    """Attention weights `(batch, n)`: softmax of the scores over what `mask` marks as real."""
    energies = ops.cast(dense(hidden, score_kernel[:, None])[:, :, 0], "float32")
    energies = ops.where(mask, energies, MASKED_ENERGY)
    return ops.cast(ops.softmax(energies, axis=-1), hidden.dtype)


def attend(query, values, keys, mask, weights, cumulated, location_kernel, score_kernel):
    """One step of location-sensitive attention.

    Args:
        query: `(batch, units)`, already multiplied by the query kernel.
        values: `(batch, n, channels)`, the memory.
        keys: `(batch, n, units)`, the memory multiplied by its kernel.
        mask: bool `(batch, n)`, True where the memory is real.
        weights, cumulated: `(batch, n)`, of the previous step and summed up to it.
        location_kernel: `(2 * size, units)`, filters on the previous weights, then on the
            cumulated ones; `size` is odd.
        score_kernel: `(units,)`.

    Returns: `(context, weights)`, `(batch, channels)` and `(batch, n)`.
    """
    hidden, _ = hidden_energies(query, keys, weights, cumulated, location_kernel)
    weights = normalize(hidden, score_kernel, mask)
    return _context(weights, values), weights


def _context(weights, values):
    return ops.matmul(weights[:, None, :], values)[:, 0, :]


def attention_lstm(
    projected, values, keys, mask, recurrent_kernel, query_kernel, location_kernel, score_kernel,
    zoneout=(None, None),
):  # fmt: skip
    """An LSTM with location-sensitive attention over a sequence of known inputs.

    Args:
        projected: `(time, batch, 4 * units)`, inputs times their kernel plus biases.
        values, keys, mask, location_kernel, score_kernel: see `attend`.
        recurrent_kernel: `(channels + units, 4 * units)`, for the previous context and output.
        query_kernel: `(units, attention_units)`.
        zoneout: see `lstm.lstm`.

    Returns: `(outputs, contexts, weights)`: `(time, batch, units)`, `(time, batch, channels)`,
    `(time, batch, n)`.
    """
    masks, at = recurrence.per_step(zoneout)
    units = query_kernel.shape[0]
    channels = values.shape[-1]

    @ops.custom_gradient
    def run(projected, values, keys, recurrent_kernel, query_kernel, location_kernel, score_kernel):
        zero_z = ops.zeros_like(projected[0])
        zero_h = zero_z[:, :units]
        zero_context = ops.zeros_like(values[:, 0])
        zero_weights = ops.zeros_like(values[:, :, 0])

        def forward(carry, step):
            h, c, context, weights, cumulated = carry
            found = ops.concatenate([context, h], axis=-1)
            gates = lstm.activate_gates(step[0] + ops.matmul(found, recurrent_kernel))
            h, c = lstm.update_state(gates, h, c, at(step[1:]))
            context, weights = attend(
                ops.matmul(h, query_kernel), values, keys, mask,
                weights, cumulated, location_kernel, score_kernel,
            )  # fmt: skip
            carry = (h, c, context, weights, cumulated + weights)
            return carry, (*carry, gates)

        start = (zero_h, zero_h, zero_context, zero_weights, zero_weights)
        _, stacked = recurrence.scan(forward, start, (*start, zero_z), (projected, *masks))
        h_all, c_all, context_all, weights_all, cumulated_all, gates_all = stacked

        def gradient(*upstream):
            dh_all, dcontext_all, dweights_all = recurrence.flat(upstream)
            query_all = ops.matmul(h_all, query_kernel)
            recurrent_transposed = ops.transpose(recurrent_kernel)
            query_transposed = ops.transpose(query_kernel)
            location_scored = ops.transpose(location_kernel * score_kernel)
            values_transposed = ops.transpose(values, (0, 2, 1))
            size = location_kernel.shape[0] // 2

            def backward(carry, step):
                dh, dc, dcontext, dweights, dcumulated = carry
                gates, c_old, query, weights, weights_old, cumulated_old = step[:6]
                dh_out, dcontext_out, dweights_out = step[6:9]

                dcontext = dcontext + dcontext_out
                # `weights` feed the result, the next step's windows, the sum and the context.
                dweights = dweights + dweights_out + dcumulated
                dweights = dweights + _context(dcontext, values_transposed)
                denergies = weights * (
                    dweights - ops.sum(weights * dweights, axis=-1, keepdims=True)
                )
                hidden, _ = hidden_energies(
                    query, keys, weights_old, cumulated_old, location_kernel
                )
                # With slope = 1 - hidden^2, dhidden = denergies * score * slope is never formed:
                # it would be the largest array of the loop, and only sums of it are needed.
                slope = 1.0 - ops.square(hidden)
                dquery = score_kernel * _context(denergies, slope)
                dwindows = denergies[:, :, None] * dense(slope, location_scored)
                dh = dh + dh_out + ops.matmul(dquery, query_transposed)
                dz, dh_kept, dc = lstm.step_gradient(gates, c_old, dh, dc, at(step[9:]))
                dfound = ops.matmul(dz, recurrent_transposed)
                # What the stacks need of this step, then what the step before needs.
                stacked = (dz, dcontext, denergies, dquery)
                carry = (
                    dh_kept + dfound[:, channels:],
                    dc,
                    dfound[:, :channels],
                    fold(dwindows[:, :, :size]),
                    dcumulated + fold(dwindows[:, :, size:]),
                )
                return carry, stacked

            weights_old_all = recurrence.shifted(weights_all)
            cumulated_old_all = recurrence.shifted(cumulated_all)
            _, (dz_all, dcontext_sum, denergies_all, dquery_all) = recurrence.scan(
                backward,
                (zero_h, zero_h, zero_context, zero_weights, zero_weights),
                (zero_z, zero_context, zero_weights, ops.zeros_like(query_all[0])),
                (gates_all, recurrence.shifted(c_all), query_all, weights_all, weights_old_all,
                 cumulated_old_all, dh_all, dcontext_all, dweights_all, *masks),
                reverse=True,
            )  # fmt: skip

            def accumulate(t, sums):
                hidden, windows = hidden_energies(
                    query_all[t], keys, weights_old_all[t], cumulated_old_all[t], location_kernel
                )
                denergies = denergies_all[t][:, :, None]
                slope = 1.0 - ops.square(hidden)
                return (
                    sums[0] + denergies * slope,
                    sums[1] + recurrence.weight_gradient(windows * denergies, slope),
                    sums[2] + recurrence.weight_gradient(hidden, denergies)[:, 0],
                )

            # Apart from the loop above: a loop whose outputs are stacked would stack these too.
            dkeys, dlocation_kernel, dscore_kernel = ops.fori_loop(
                0,
                ops.shape(query_all)[0],
                accumulate,
                tuple(ops.zeros_like(x) for x in (keys, location_kernel, score_kernel)),
            )
            found_all = recurrence.shifted(ops.concatenate([context_all, h_all], axis=-1))
            return (
                dz_all,
                ops.einsum("tbn,tbc->bnc", weights_all, dcontext_sum),
                dkeys * score_kernel,
                recurrence.weight_gradient(found_all, dz_all),
                recurrence.weight_gradient(h_all, dquery_all),
                dlocation_kernel * score_kernel,
                dscore_kernel,
            )

        return (h_all, context_all, weights_all), gradient

    return run(
        projected, values, keys, recurrent_kernel, query_kernel, location_kernel, score_kernel
    )

"""The loop that makes a waveform, one sample after another."""

from keras import ops

from keras_speech.models.wavenet.queues import BLOCK, Queues
from keras_speech.ops import counter_noise


def run_chunk(model, weights, numbers, temperature, forced, *rest, top_p=1.0, output="samples"):
    """Makes samples of a chunk, in blocks of `BLOCK`.

    Args:
        model: `WaveNet`.
        weights: `PackedWeights` of it.
        numbers: uint32 `(6,)`: seed; number of the chunk's first sample modulo `2**32`, and modulo
            `Queues.period`; the block of the chunk to begin with, and the one to end before; how
            many of the chunk's samples are given.
        temperature: float32 scalar.
        forced: float32 `(chunk, batch)`, the samples that are given.
        *rest: with speakers their ids, int32 `(batch,)`; with a local condition what
            `condition_of` makes of it for this chunk; then the state.
        top_p: as `generate` takes it. Defaults to 1.
        output: `"samples"`, or `"parameters"` for what the network said of each. Defaults to
            `"samples"`.

    Returns: list of `(chunk, batch)` samples, or `(chunk, batch, n_parameters)`, of which the
    blocks asked for are filled; and the state after them.
    """
    rest = list(rest)
    seed, first = numbers[0], numbers[1]
    origin, begin, end, n_forced = (ops.cast(numbers[i], "int32") for i in range(2, 6))
    queues = Queues(model)
    chunk, batch = ops.shape(forced)
    n_parameters = model.head.n_parameters
    shape = (chunk, batch) if output == "samples" else (chunk, batch, n_parameters)
    gates_at = _conditioned_gates(model, weights, rest, batch)
    noise = counter_noise.uniform(seed, first, (chunk, batch, model.head.n_noise))

    def sample(time, ring_time, gates, inputs, near, entries):
        near = queues.write_near(near, entries, ring_time)
        past = queues.read_near(near, ring_time)
        parameters, entries, kept = _network(model, weights, queues, inputs, gates, past)
        drawn = model.head.sample(parameters, _row(noise, time), temperature, top_p)
        value = ops.where(time < n_forced, _row(forced, time), drawn)
        read = ops.cast(model.head.features(value[:, None]), "float32")
        inputs = ops.concatenate([inputs[:, 1:], read], axis=1)
        return value if output == "samples" else parameters, inputs, near, entries, kept

    def block(index, carry):
        time = index * BLOCK
        out, ring_time, *state = carry
        inputs, near, entries, far = queues.split(state)
        gates = gates_at(time)
        if far:
            gates = gates + _far_past(model, weights, queues.read_far(far, ring_time))
        kept = ops.zeros((BLOCK, len(far) * model.n_cycles, batch, model.residual_channels))

        def body(j, carry):
            out, kept, inputs, *tensors = carry
            _, near, entries, _ = queues.split([inputs, *tensors])
            result, inputs, near, entries, x = sample(
                time + j, ring_time + j, _row(gates, j), inputs, near, entries
            )
            out = _with_row(out, time + j, result)
            if x:
                kept = _with_row(kept, j, ops.stack(x))
            return out, kept, *queues.join(inputs, near, entries, [])

        carry = (out, kept, *queues.join(inputs, near, entries, []))
        out, kept, *state = ops.fori_loop(0, BLOCK, body, carry)
        far = queues.write_far(far, kept, ring_time)
        return out, ring_time + BLOCK, *state, *far

    # The rings' time is carried although it is known: where a slice begins at a place that XLA
    # could know beforehand, TensorFlow compiles anew for every such place.
    carry = (ops.zeros(shape, "float32"), origin + begin * BLOCK, *rest)
    out, _, *state = ops.fori_loop(begin, end, block, carry)
    return [out, *state]


def condition_of(model, window):
    """The local condition of a chunk at the sample rate, from its frames with their context.

    Args:
        model: `WaveNet`.
        window: `(batch, frames, local_channels)`, those of the chunk and the upsampler's
            `context_frames` on both sides.

    Returns: float32 `(chunk, batch, upsampler_channels)`.
    """
    condition = model.upsampler(model.scaled(window), padded=True)
    return ops.transpose(ops.cast(condition, "float32"), (1, 0, 2))


def _conditioned_gates(model, weights, rest, batch):
    """Takes the conditions off `rest`; returns what they and the biases add to the gates.

    Returns: function of the time of a block's first sample, to
        `(BLOCK, blocks, batch, gate)`.
    """
    n_blocks, width = len(model.blocks), model.gate_channels

    def by_block(projected):
        shape = (*ops.shape(projected)[:-1], n_blocks, width)
        return ops.moveaxis(ops.reshape(projected, shape), -2, -3)

    constant = weights.gate_bias
    if model.n_speakers:
        embedded = ops.cast(model.speaker_embedding(rest.pop(0)), "float32")
        constant = constant + by_block(ops.matmul(embedded, weights.global_weights))
    constant = ops.broadcast_to(constant, (BLOCK, n_blocks, batch, width))
    if not model.local_channels:
        return lambda time: constant
    condition, channels = rest.pop(0), model.upsampler_channels

    def at(time):
        here = ops.slice(condition, [time, 0, 0], [BLOCK, batch, channels])
        flat = ops.matmul(ops.reshape(here, (-1, channels)), weights.local_weights)
        return constant + by_block(ops.reshape(flat, (BLOCK, batch, -1)))

    return at


def _far_past(model, weights, entries):
    """What the older taps of all blocks add to the gates; nothing for near ones."""
    n_near = model.layers_per_cycle - len(entries)
    batch, width = ops.shape(entries[0])[2], model.gate_channels
    gates = []
    for i in range(len(model.blocks)):
        cycle, dilation = divmod(i, model.layers_per_cycle)
        if dilation < n_near:
            gates.append(ops.zeros((BLOCK, batch, width), "float32"))
            continue
        before = entries[dilation - n_near][:, cycle]
        flat = ops.matmul(ops.reshape(before, (BLOCK * batch, -1)), weights.older_taps[i])
        gates.append(ops.reshape(flat, (BLOCK, batch, width)))
    return ops.stack(gates, axis=1)


def _network(model, weights, queues, inputs, gates, past):
    """One pass through the blocks.

    Args:
        inputs: `(batch, input_kernel_size, input_channels)`.
        gates: `(blocks, batch, gate)`, all that is already known of the gates.
        past: for each near queue the entries that are due.

    Returns: the head's parameters, the near queues' new entries, and the far blocks' inputs.
    """
    width = model.gate_channels
    n_inputs = inputs.shape[1] * inputs.shape[2]
    x = ops.matmul(ops.reshape(inputs, (-1, n_inputs)), weights.first)
    entries, kept, outputs = [[] for _ in past], [], []
    for i in range(len(model.blocks)):
        queue, cycle = queues.place(i)
        if queue is None:
            kept.append(x)
            a = ops.matmul(x, weights.present_tap[i]) + gates[i]
        else:
            due = past[queue][cycle]
            product = ops.matmul(x, weights.all_taps[i])
            a = product[:, :width] + due[:, :width] + gates[i]
            later = product[:, width:]
            if model.kernel_size > 2:
                later = later + ops.pad(due[:, width:], [[0, 0], [0, width]])
            entries[queue].append(later)
        a = ops.tanh(a)
        z = a[:, : width // 2] * (a[:, width // 2 :] + 1.0)
        outputs.append(z)
        x = ops.matmul(z, weights.onward[i]) + x
    total = ops.matmul(ops.concatenate(outputs, axis=-1), weights.out) + weights.out_bias
    hidden = ops.relu(ops.matmul(ops.relu(total), weights.hidden) + weights.hidden_bias)
    parameters = ops.matmul(hidden, weights.last) + weights.last_bias
    return parameters, [ops.stack(entry)[None] for entry in entries], kept


def _row(rows, i):
    return ops.slice(rows, [i] + [0] * (len(rows.shape) - 1), [1, *ops.shape(rows)[1:]])[0]


def _with_row(rows, i, row):
    return ops.slice_update(rows, [i] + [0] * (len(rows.shape) - 1), row[None])

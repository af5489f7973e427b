"""The queues that a WaveNet's blocks keep while samples are made one after another.

Two kinds, both rings, after [Le Paine et al., 2016](https://arxiv.org/abs/1611.09482):

- Blocks with a dilation below `BLOCK` ("near") compute what their input will add to later gates as
  soon as they have it, in one product with all taps, and keep that. In the words of filter design
  this is the transposed direct form: a queue of `dilation` entries serves any number of taps.
- The others ("far") keep their input. Every `BLOCK` samples their older taps are applied to
  `BLOCK` entries at once, which reads these weights once instead of `BLOCK` times: reading the
  weights is what bounds the speed.

All cycles' blocks of one dilation share a queue, for a compiled loop has a fixed cost per
operation. The state is a list of tensors: the network's last inputs, then for each near dilation a
queue `(dilation, cycles, batch, lags * gate)` and the entry that waits to be written, then for
each far dilation a queue `(lags * dilation, cycles, batch, residual)`; `lags` is
`kernel_size - 1`.
"""

from keras import ops

# Samples that are made between two visits to the far queues.
BLOCK = 8


class Queues:
    """Reads and writes the queues of a `WaveNet`.

    Args:
        model: the `WaveNet`.

    `time` is an int32 scalar in all methods, counted from anywhere a multiple of `period` away
    from the first sample.
    """

    def __init__(self, model):
        self.cycles, self.gate_channels = model.n_cycles, model.gate_channels
        self.residual_channels, self.lags = model.residual_channels, model.kernel_size - 1
        self.input_shape = (model.input_kernel_size, model.head.input_channels)
        dilations = model.dilations[: model.layers_per_cycle]
        self.near = [d for d in dilations if d < BLOCK]
        self.far = [d for d in dilations if d >= BLOCK]

    @property
    def period(self):
        """Number of samples after which every ring is at its first place again."""
        return self.lags * max(self.near + self.far)

    def initial_state(self, batch_size, weights):
        """The state before the first sample: "nothing" in all queues.

        Args:
            batch_size: number of rows.
            weights: `PackedWeights` of the model.
        """
        n_dilations = len(self.near) + len(self.far)

        def queue(length, entries, i):
            # Of all blocks those of this dilation, one for each cycle: [cycles, channels]
            entry = ops.reshape(entries[i::n_dilations], (1, self.cycles, 1, -1))
            return ops.broadcast_to(entry, (length, self.cycles, batch_size, entry.shape[-1]))

        state = [ops.zeros((batch_size, *self.input_shape), "float32")]
        for i, dilation in enumerate(self.near):
            state.append(queue(dilation, weights.nothing_due, i))
            state.append(queue(1, weights.nothing_due, i))
        for i, dilation in enumerate(self.far, len(self.near)):
            state.append(queue(self.lags * dilation, weights.nothing, i))
        return state

    def split(self, state):
        """Parts of the state: last inputs, near queues, entries yet to be written, far queues."""
        end = 1 + 2 * len(self.near)
        return state[0], list(state[1:end:2]), list(state[2:end:2]), list(state[end:])

    def join(self, inputs, near, entries, far):
        """The state of its parts."""
        pairs = [tensor for pair in zip(near, entries, strict=True) for tensor in pair]
        return [inputs, *pairs, *far]

    def place(self, block):
        """`(number of the near queue, or None, cycle)` of a block."""
        cycle, i = divmod(block, len(self.near) + len(self.far))
        return (i if i < len(self.near) else None), cycle

    def write_near(self, near, entries, time):
        """The near queues with the entries of the sample before `time`.

        Writing is put off until just before the next read: an entry that is written after the
        reads of its own sample makes XLA copy the queue.
        """
        return [
            ops.slice_update(queue, [(time - 1) % dilation, 0, 0, 0], entry)
            for queue, entry, dilation in zip(near, entries, self.near, strict=True)
        ]

    def read_near(self, near, time):
        """For each near queue, the entries `(cycles, batch, lags * gate)` due at `time`."""
        return [
            ops.slice(queue, [time % dilation, 0, 0, 0], [1, *ops.shape(queue)[1:]])[0]
            for queue, dilation in zip(near, self.near, strict=True)
        ]

    def read_far(self, far, time):
        """For each far queue, inputs of the `BLOCK` samples from `time` on, one of each lag.

        Returns: list of `(BLOCK, cycles, batch, lags * residual)`, the latest lag first.
        """
        result = []
        for queue, dilation in zip(far, self.far, strict=True):
            entries = []
            for lag in range(1, self.lags + 1):
                row = (time - lag * dilation) % (self.lags * dilation)
                entries.append(ops.slice(queue, [row, 0, 0, 0], [BLOCK, *ops.shape(queue)[1:]]))
            result.append(ops.concatenate(entries, axis=-1))
        return result

    def write_far(self, far, inputs, time):
        """The far queues with the inputs of the `BLOCK` samples from `time` on.

        Args:
            far: the queues.
            inputs: `(BLOCK, far blocks, batch, residual)`, in the order of the blocks.
            time: of the first of the samples.
        """
        result = []
        for i, (queue, dilation) in enumerate(zip(far, self.far, strict=True)):
            row = time % (self.lags * dilation)
            result.append(ops.slice_update(queue, [row, 0, 0, 0], inputs[:, i :: len(self.far)]))
        return result

"""A WaveNet's weights, laid out for one sample at a time."""

import math
from typing import NamedTuple

import numpy as np
from keras import ops


class PackedWeights(NamedTuple):
    """Float32 tensors that the sampling loop reads, made once for all chunks of a request.

    The logistic function is written as a hyperbolic tangent, `sigmoid(a) = (tanh(a / 2) + 1) / 2`,
    so that filter and gate are one activation: the halves are in the weights here.

    And what goes from block to block is taken without the biases `c` that it has gathered: they
    are in `gate_bias`, multiplied by the taps. So "nothing" in a queue is `-c`, not zero.

    Attributes:
        first: `(input_kernel_size * input_channels, residual)`.
        present_tap, older_taps, all_taps: for each block its taps, the latest first:
            `(residual, gate)`; `(lags * residual, gate)`, one under the other; and
            `(residual, kernel_size * gate)`, side by side.
        gate_bias: `(blocks, 1, gate)`.
        onward: for each block `(gate / 2, residual)`.
        nothing: `(blocks, residual)`, what a far block's queue holds before the first sample; and
            `nothing_due`: `(blocks, lags * gate)`, the same of a near one's (see `Queues`).
        out, out_bias: `(blocks * gate / 2, skip)` and `(skip,)`, all blocks' parts of the output.
        hidden, hidden_bias, last, last_bias: the layers after the blocks.
        local_weights: `(upsampler_channels, blocks * gate)`, without rows if there is no local
            condition; and `global_weights`: `(speaker_channels, blocks * gate)`, likewise.
    """

    first: object
    present_tap: list
    older_taps: list
    all_taps: list
    gate_bias: object
    onward: list
    nothing: object
    nothing_due: object
    out: object
    out_bias: object
    hidden: object
    hidden_bias: object
    last: object
    last_bias: object
    local_weights: object
    global_weights: object


def pack(model):
    """The `PackedWeights` of a `WaveNet`."""
    halved = np.repeat(np.array([1.0, 0.5], "float32"), model.gate_channels // 2)
    residual = model.residual_channels
    scale = 0.5 / math.sqrt(len(model.blocks))
    taps = [
        [_float(block.convolution.kernel[-1 - lag]) * halved for lag in range(model.kernel_size)]
        for block in model.blocks
    ]
    projections = [_float(block.projection.kernel) for block in model.blocks]
    biases = [_float(block.projection.bias) for block in model.blocks]
    gathered, gate_bias, nothing_due = [_float(model.input_convolution.bias)], [], []
    for block, of_block, bias in zip(model.blocks, taps, biases, strict=True):
        # What a constant input of `c` adds to the gates: by each tap, and by all later ones.
        added = [ops.matmul(gathered[-1][None], tap)[0] for tap in of_block]
        later = [sum(added[lag:]) for lag in range(len(added))]
        gate_bias.append(_float(block.convolution.bias) * halved + later[0])
        nothing_due.append(-ops.concatenate(later[1:]))
        gathered.append(gathered[-1] + bias[:residual])

    def conditioning(name):
        layers = [getattr(block, name) for block in model.blocks]
        if layers[0] is None:
            return ops.zeros((0, len(layers) * model.gate_channels))
        return ops.concatenate([_float(layer.kernel) * halved for layer in layers], axis=-1)

    return PackedWeights(
        first=ops.reshape(_float(model.input_convolution.kernel), (-1, residual)),
        present_tap=[of_block[0] for of_block in taps],
        older_taps=[ops.concatenate(of_block[1:], axis=0) for of_block in taps],
        all_taps=[ops.concatenate(of_block, axis=1) for of_block in taps],
        gate_bias=ops.stack(gate_bias)[:, None],
        onward=[0.5 * kernel[:, :residual] for kernel in projections],
        nothing=-ops.stack(gathered[:-1]),
        nothing_due=ops.stack(nothing_due),
        out=ops.concatenate([scale * kernel[:, residual:] for kernel in projections], axis=0),
        out_bias=2.0 * scale * sum(bias[residual:] for bias in biases),
        hidden=_float(model.hidden.kernel),
        hidden_bias=_float(model.hidden.bias),
        last=_float(model.output_layer.kernel),
        last_bias=_float(model.output_layer.bias),
        local_weights=conditioning("local_projection"),
        global_weights=conditioning("global_projection"),
    )


def _float(weight):
    return ops.cast(weight, "float32")

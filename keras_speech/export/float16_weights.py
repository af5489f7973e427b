"""Halve the bits of a LiteRT file's weights, and of nothing else."""

import copy

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

# What has weights. Other constants stay as they are: windows, filters, what keeps divisions finite.
OPERATIONS = {
    getattr(schema.BuiltinOperator, name)
    for name in (
        "BATCH_MATMUL", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "GATHER",
        "TRANSPOSE_CONV",
    )
}  # fmt: skip

# Numbers of a constant below which nothing is won.
SMALLEST_WEIGHT = 1024

# Of the operation that makes float32 of float16.
DEQUANTIZE_VERSION = 3


def with_float16_weights(content):
    """A file whose large weights are float16, and made float32 when it is loaded.

    The converter's own option rounds every constant, so that a window loses its ends and
    `1e-8` becomes 0.

    Args:
        content: bytes of a LiteRT file with float32 weights.

    Returns: bytes.
    """
    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    halves, code = {}, None
    for subgraph in model.subgraphs:
        operators = []
        for place in _weights(model, subgraph):
            tensor = subgraph.tensors[place]
            if tensor.buffer not in halves:
                half = _half(model.buffers[tensor.buffer])
                if half is None:
                    continue
                halves[tensor.buffer] = len(model.buffers)
                model.buffers.append(half)
            code = _dequantize(model) if code is None else code
            stored = copy.copy(tensor)
            stored.name = tensor.name + b"_float16"
            stored.type, stored.buffer = schema.TensorType.FLOAT16, halves[tensor.buffer]
            # The first buffer is nobody's: this tensor is computed now.
            tensor.buffer = 0
            operator = schema.OperatorT()
            operator.opcodeIndex, operator.inputs, operator.outputs = (
                code, [len(subgraph.tensors)], [place]
            )  # fmt: skip
            subgraph.tensors.append(stored)
            operators.append(operator)
        subgraph.operators = [*operators, *(subgraph.operators or [])]
    used = {tensor.buffer for subgraph in model.subgraphs for tensor in subgraph.tensors}
    for place in halves.keys() - used:
        model.buffers[place].data = None
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _weights(model, subgraph):
    """Places of the large float32 constants that nothing but `OPERATIONS` reads."""
    weights, others = set(), set(subgraph.inputs) | set(subgraph.outputs)
    for operator in subgraph.operators or []:
        code = model.operatorCodes[operator.opcodeIndex].builtinCode
        (weights if code in OPERATIONS else others).update(operator.inputs)
    for place in sorted(weights - others - {-1}):
        tensor = subgraph.tensors[place]
        data = model.buffers[tensor.buffer].data
        is_float = tensor.type == schema.TensorType.FLOAT32
        if is_float and data is not None and len(data) >= 4 * SMALLEST_WEIGHT:
            yield place


def _half(buffer):
    """The buffer in float16; `None` if numbers are beyond it."""
    values = np.frombuffer(np.asarray(buffer.data, "uint8").tobytes(), "<f4")
    with np.errstate(over="ignore"):
        rounded = values.astype("<f2")
    if not np.isfinite(rounded).all():
        return None
    half = schema.BufferT()
    half.data = np.frombuffer(rounded.tobytes(), "uint8")
    return half


def _dequantize(model):
    """The index of the operation, added to those of the model."""
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.DEQUANTIZE
    code.version = DEQUANTIZE_VERSION
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1

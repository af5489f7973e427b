"""Halve the bits of a LiteRT file's weights, and of nothing else."""

import copy

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

# Smaller constants stay as they are: windows, what keeps divisions finite, what masks.
SMALLEST_WEIGHT = 4096  # numbers

# Of the operation that makes float32 of float16.
DEQUANTIZE_VERSION = 3


def with_float16_weights(content):
    """A file whose large constants are float16, and made float32 when it is loaded.

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
        for place, tensor in enumerate(list(subgraph.tensors)):
            source = model.buffers[tensor.buffer]
            if tensor.buffer not in halves and _is_weight(tensor, source):
                half = _half(source)
                if half is not None:
                    halves[tensor.buffer] = len(model.buffers)
                    model.buffers.append(half)
            if tensor.buffer not in halves:
                continue
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
    for place in halves:
        model.buffers[place].data = None
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _is_weight(tensor, buffer):
    is_float = tensor.type == schema.TensorType.FLOAT32
    return is_float and buffer.data is not None and len(buffer.data) >= 4 * SMALLEST_WEIGHT


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

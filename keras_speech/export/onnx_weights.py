"""Weights of an ONNX graph in fewer bits."""

import collections

import numpy as np

from keras_speech.export.onnx_graph import graphs_of, nodes_of

WEIGHTS = ("float32", "float16", "int8")

# Tables of fewer numbers stay as they are: nothing is saved.
LEAST = 1024

# Which input of an operation its weights are, and their axis along the channels that it makes.
TAKEN_BY = {
    "Conv": (1, 0),
    "ConvTranspose": (1, 1),
    "Gather": (0, 0),
    "Gemm": (1, -1),
    "MatMul": (1, -1),
}


def store_weights(model, weights):
    """Stores the weights of an `onnx.ModelProto` in fewer bits, in place.

    These are the tables that convolutions, matrix products and look-ups take as they are. They are
    unpacked to float32 once a call at most, and all arithmetic stays float32.

    Args:
        model: `onnx.ModelProto` of float32.
        weights: `"float32"`, which changes nothing; `"float16"`; or `"int8"`, where each channel
            has a scale, by which its largest magnitude is 127.
    """
    if weights == "float32":
        return
    graphs, axes = list(graphs_of(model.graph)), _axes(model.graph)
    defined = collections.Counter(each.name for graph in graphs for each in graph.initializer)
    unpacked = []
    for graph in graphs:
        for tensor in list(graph.initializer):
            axis = axes.get(tensor.name)
            if axis is None or np.prod(tensor.dims) < LEAST or defined[tensor.name] > 1:
                continue
            tables, node = _packed(tensor, axis, weights)
            graph.initializer.remove(tensor)
            # What stands in the whole graph, the loops in it read.
            model.graph.initializer.extend(tables)
            unpacked.append(node)
    nodes = [*unpacked, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _axes(graph):
    """Axes by name, of all names that are read as weights along one axis and not otherwise."""
    axes = {}
    for node in nodes_of(graph):
        where, axis = TAKEN_BY.get(node.op_type, (None, None))
        if any(each.name == "transB" and each.i for each in node.attribute):
            axis = 0
        for place, name in enumerate(node.input):
            here = axis if place == where else None
            axes[name] = here if axes.get(name, here) == here else None
    return axes


def _packed(tensor, axis, weights):
    """The tables to store in place of a tensor, and the node that gives it back."""
    from onnx import TensorProto, helper, numpy_helper

    values, stored = numpy_helper.to_array(tensor), f"{tensor.name}_{weights}"
    if weights == "float16":
        # What is too large for it, no weight of a network is.
        tables = {stored: np.clip(values, -65504, 65504).astype("float16")}
        node = helper.make_node("Cast", [stored], [tensor.name], to=TensorProto.FLOAT)
    else:
        axis %= values.ndim
        others = tuple(each for each in range(values.ndim) if each != axis)
        scale = np.abs(values).max(axis=others, keepdims=True) / 127
        scale = np.where(scale > 0, scale, 1).astype("float32")
        name = f"{tensor.name}_scale"
        tables = {stored: np.rint(values / scale).astype("int8"), name: scale.ravel()}
        node = helper.make_node("DequantizeLinear", [stored, name], [tensor.name], axis=axis)
    return [numpy_helper.from_array(table, name) for name, table in tables.items()], node

"""What tf2onnx does not know of TensorFlow's operations, in standard operations of ONNX."""

import numpy as np

# Of `onnx.TensorProto`, which is not there before it is needed.
INT64 = 7


def _dynamic_update_slice(make, data, updates, starts):
    """Rows written over those of `data`: along the first axis only, as all of this package's."""
    n_rows = make("Gather", make("Shape", updates), np.int64(0))
    first = make("Cast", make("Gather", starts, np.int64(0)), to=INT64)
    rows = make("Range", first, make("Add", first, n_rows), np.int64(1))
    return make("ScatterND", data, make("Unsqueeze", rows, np.array([1])), updates)


def _reverse(make, x, axes):
    """tf2onnx's own transposes."""
    (n,) = make.graph.get_shape(axes)
    last, before_first, back = (np.full(n, each) for each in (-1, np.iinfo(np.int64).min, -1))
    return make("Slice", x, last, before_first, make("Cast", axes, to=INT64), back)


def _log1p(make, x):
    """Kahan's: right to the last bits where `1 + x` has lost them."""
    one, zero = np.float32(1), np.float32(0)
    sum_ = make("Add", x, one)
    kept = make("Sub", sum_, one)
    lost = make("Equal", kept, zero)
    ratio = make("Div", x, make("Where", lost, one, kept))
    return make("Where", lost, x, make("Mul", make("Log", sum_), ratio))


def _expm1(make, x):
    """Kahan's, likewise."""
    one, zero = np.float32(1), np.float32(0)
    power = make("Exp", x)
    less = make("Sub", power, one)
    log = make("Log", power)
    lost = make("Equal", log, zero)
    ratio = make("Div", x, make("Where", lost, one, log))
    # Where the power vanishes its logarithm is infinite.
    vanished = make("Equal", less, np.float32(-1))
    result = make("Where", vanished, less, make("Mul", less, ratio))
    return make("Where", lost, x, result)


def _erfc(make, x):
    return make("Sub", np.float32(1), make("Erf", x))


def _floor_mod(make, x, y):
    """tf2onnx's own rounds whole numbers towards zero, which `-(-x // y)` must not."""
    if make.is_float(x):
        return make("Sub", x, make("Mul", y, make("Floor", make("Div", x, y))))
    return make("Mod", x, y)


def _floor_div(make, x, y):
    if make.is_float(x):
        return make("Floor", make("Div", x, y))
    return make("Div", make("Sub", x, make("Mod", x, y)), y)


class _Maker:
    """Makes nodes: `make("Add", x, 1)` gives the name of the sum."""

    def __init__(self, graph):
        self.graph = graph

    def __call__(self, operation, *inputs, **attributes):
        names = [each if isinstance(each, str) else self._constant(each) for each in inputs]
        return self.graph.make_node(operation, names, attr=attributes).output[0]

    def _constant(self, value):
        from tf2onnx import utils

        return self.graph.make_const(utils.make_name("constant"), np.asarray(value)).output[0]

    def is_float(self, name):
        from onnx import TensorProto

        return self.graph.get_dtype(name) in (TensorProto.FLOAT, TensorProto.DOUBLE)


def _handler(function):
    """`function(make, *inputs)` as tf2onnx calls it."""

    def handle(graph, node, name, arguments):
        inputs, outputs = list(node.input), list(node.output)
        shapes, dtypes = node.output_shapes, node.output_dtypes
        graph.remove_node(node.name)
        result = function(_Maker(graph), *inputs)
        graph.make_node("Identity", [result], outputs=outputs, shapes=shapes, dtypes=dtypes)

    return handle, []


HANDLERS = {
    "XlaDynamicUpdateSlice": _handler(_dynamic_update_slice),
    "ReverseV2": _handler(_reverse),
    "Log1p": _handler(_log1p),
    "Expm1": _handler(_expm1),
    "Erfc": _handler(_erfc),
    "FloorMod": _handler(_floor_mod),
    "FloorDiv": _handler(_floor_div),
}

"""A function of tensors as an ONNX graph of standard operations."""

import contextlib
import logging

import tensorflow as tf

from keras_speech.export.onnx_loops import release_constants

# The first with bitwise operations; onnxruntime knows it from 1.14 on.
OPSET = 18

INSTALL = '`pip install "keras-speech[onnx]"`'


def require_onnx():
    """Raises `ImportError`, which says what to install, where a converter is missing."""
    try:
        import onnx  # noqa: F401
        import tf2onnx  # noqa: F401
    except ImportError as error:
        raise ImportError(f"ONNX files are written by onnx and tf2onnx: {INSTALL}.") from error


def onnx_model(function, inputs):
    """Converts a function.

    Args:
        function: `tf.function` of tensors, which returns a dict of them. It holds its variables.
        inputs: list of the `tf.TensorSpec`s of its arguments, with names.

    Returns: `onnx.ModelProto` whose inputs and outputs have the names of the specs and of the dict,
    checked.

    Raises:
        ValueError: if it has an operation that ONNX lacks, or that tf2onnx converts wrongly.
    """
    import onnx
    from tf2onnx import tf_loader, tfonnx

    from keras_speech.export.onnx_operations import HANDLERS

    concrete = function.get_concrete_function(*inputs)
    places = [tensor.name for tensor in concrete.inputs if tensor.dtype != tf.resource]
    names = dict(zip(places, [spec.name for spec in inputs], strict=True))
    outputs = concrete.structured_outputs
    names |= {tensor.name: name for name, tensor in outputs.items()}
    ends = [each.name for each in outputs.values()]
    with _quiet(), tf.device("/cpu:0"):
        frozen = tf_loader.from_function(concrete, places, ends)
        _sort_functions(frozen)
        with tf.Graph().as_default() as graph:
            tf.import_graph_def(frozen, name="")
            # With the errors of single nodes that it goes on after, their operations remain.
            converted = tfonnx.process_tf_graph(
                graph,
                continue_on_error=True,
                opset=OPSET,
                custom_op_handlers=HANDLERS,
                input_names=places,
                output_names=ends,
                tensors_to_rename=names,
            )
            model = _optimized(converted).make_model("keras_speech")
    release_constants(model.graph)
    lacking = sorted(_foreign_operations(model.graph))
    if lacking:
        raise ValueError(f"ONNX has no operation for {', '.join(lacking)}.")
    # tf2onnx announces further sets, of which nothing is used.
    del model.opset_import[:]
    model.opset_import.append(onnx.helper.make_opsetid("", OPSET))
    try:
        onnx.checker.check_model(model, full_check=True)
    except onnx.checker.ValidationError as error:
        raise ValueError(f"tf2onnx makes no valid graph of it: {error}") from error
    return model


def _optimized(converted):
    """Without what runtimes do themselves as they load a file, on which tf2onnx spends minutes."""
    from tf2onnx.optimizer import optimize_graph
    from tf2onnx.optimizer.const_fold_optimizer import ConstFoldOptimizer
    from tf2onnx.optimizer.identity_optimizer import IdentityOptimizer
    from tf2onnx.optimizer.transpose_optimizer import TransposeOptimizer

    passes = (TransposeOptimizer, ConstFoldOptimizer, IdentityOptimizer)
    passes = {each.__name__: each for each in passes}
    return optimize_graph(converted, catch_errors=False, optimizers=passes)


def graphs_of(graph):
    """Yields an `onnx.GraphProto` and those in it, of loops and branches."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from graphs_of(attribute.g)


def nodes_of(graph):
    """Yields all nodes of an `onnx.GraphProto` and of those in it."""
    for each in graphs_of(graph):
        yield from each.node


def _foreign_operations(graph):
    import onnx

    return {
        node.op_type
        for node in nodes_of(graph)
        if node.domain not in ("", "ai.onnx") or not onnx.defs.has(node.op_type)
    }


def _sort_functions(graph_def):
    """Puts callers after what they call.

    tf2onnx learns a function's shapes from its caller, and meets functions from the last on.
    """
    functions = {each.signature.name: each for each in graph_def.library.function}
    ordered = {}

    def visit(nodes):
        called = []
        for node in nodes:
            for attribute in node.attr.values():
                if attribute.HasField("func") and attribute.func.name not in called:
                    called.append(attribute.func.name)
        for name in called:
            # Last of all callers counts.
            ordered.pop(name, None)
            ordered[name] = functions[name]
            visit(functions[name].node_def)

    visit(graph_def.node)
    ordered = list(reversed(ordered.values()))
    del graph_def.library.function[:]
    graph_def.library.function.extend(ordered)


@contextlib.contextmanager
def _quiet():
    """tf2onnx warns of what it then does all the same, and of what is raised here."""
    logger = logging.getLogger("tf2onnx")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)

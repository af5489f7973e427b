"""Loops of ONNX that carry along only what changes."""


def release_constants(graph):
    """Takes what stays the same out of the states of all loops of a graph, in place.

    TensorFlow hands a loop all that it reads, weights too, as states. A runtime copies states at
    each step; what a body reads from around it, it does not.

    Args:
        graph: `onnx.GraphProto`.
    """
    for place in reversed(range(len(graph.node))):
        node = graph.node[place]
        for attribute in node.attribute:
            if not attribute.HasField("g"):
                continue
            # An inner loop first: what it gives back may be all that the outer one does with it.
            release_constants(attribute.g)
            if node.op_type == "Loop":
                for copy in _released(node, attribute.g):
                    # Who read the last state reads what it has been all along.
                    graph.node.insert(place + 1, copy)


def _released(loop, body):
    """Yields an `Identity` for each state that was taken out."""
    import onnx

    # Inputs: the most steps, the condition, the states. Of the body: the step, the condition, the
    # states; and it gives the condition, the states, and what is stacked.
    for state in reversed(range(len(loop.input) - 2)):
        outside, inside = loop.input[2 + state], body.input[2 + state].name
        output = body.output[1 + state].name
        others = [each.name for i, each in enumerate(body.output) if i != 1 + state]
        if _origin(body, output) != inside or inside in others or outside in _made_in(body):
            continue
        _rename_reads(body, inside, outside)
        copy = onnx.helper.make_node("Identity", [outside], [loop.output[state]])
        del loop.input[2 + state], body.input[2 + state]
        del loop.output[state], body.output[1 + state]
        yield copy


def _origin(graph, name):
    """What `name` is a copy of."""
    made = {node.output[0]: node for node in graph.node if node.op_type == "Identity"}
    while name in made:
        name = made[name].input[0]
    return name


def _made_in(graph):
    """The names that a graph and those in it define."""
    names = {each.name for each in (*graph.input, *graph.initializer)}
    for node in graph.node:
        names.update(node.output)
        for attribute in node.attribute:
            if attribute.HasField("g"):
                names |= _made_in(attribute.g)
    return names


def _rename_reads(graph, old, new):
    for node in graph.node:
        for place, name in enumerate(node.input):
            if name == old:
                node.input[place] = new
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _rename_reads(attribute.g, old, new)

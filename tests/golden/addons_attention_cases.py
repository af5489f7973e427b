"""What the attentions of tensorflow-addons compute; a part of `addons_cases.py`."""

import numpy as np
import tensorflow as tf
import tensorflow_addons as tfa
from addons_tools import fill, normal, short_name, weights_of

UNITS, CHANNELS, BATCH, PLACES, STEPS = 4, 6, 3, 7, 8
SCORE_BIAS = -0.5
LENGTHS = np.array([7, 4, 6], "int32")
MODES = ("parallel", "recursive", "hard")


def weights_of_attention(layer):
    """An attention's variables; those of its dense layers share a name otherwise."""
    kernels = {"memory_kernel": layer.memory_layer.kernel}
    if layer.query_layer is not None:
        kernels["query_kernel"] = layer.query_layer.kernel
    rest = {short_name(w): w for w in layer.weights if not w.name.endswith("kernel:0")}
    return {**kernels, **rest}


def attention_kinds():
    seq2seq = tfa.seq2seq
    for normalize in (False, True):
        name = "bahdanau_normalized" if normalize else "bahdanau"
        yield name, seq2seq.BahdanauAttention, {"normalize": normalize}
        for mode in MODES:
            arguments = {"normalize": normalize, "mode": mode}
            yield f"{name}_monotonic_{mode}", seq2seq.BahdanauMonotonicAttention, arguments
    for scale in (False, True):
        name = "luong_scaled" if scale else "luong"
        yield name, seq2seq.LuongAttention, {"scale": scale}
        for mode in MODES:
            arguments = {"scale": scale, "mode": mode}
            yield f"{name}_monotonic_{mode}", seq2seq.LuongMonotonicAttention, arguments


def attention():
    """Every attention over `STEPS` queries that do not depend on what it finds."""
    values = normal(0, BATCH, PLACES, CHANNELS)
    queries = normal(1, STEPS, BATCH, UNITS, scale=0.8)
    saved = {"values": values, "queries": queries, "lengths": LENGTHS}
    for name, kind, arguments in attention_kinds():
        layer = kind(UNITS, **arguments)
        layer([values, LENGTHS], setup_memory=True)
        state = layer.initial_state(BATCH, "float32")
        layer([queries[0], state])
        weights = fill(weights_of_attention(layer), seed=10, scale=0.7)
        if "monotonic" in name:
            # Below zero, so that attention waits at some queries and moves on at others.
            layer.attention_score_bias.assign(SCORE_BIAS)
            weights["attention_score_bias"] = np.float32(SCORE_BIAS)
        # The keys are made of the kernel when the memory is set up: again, with these weights.
        layer([values, LENGTHS], setup_memory=True)
        found = []
        for query in queries:
            alignments, state = layer([query, state])
            found.append(alignments.numpy())
        saved[f"{name}/found"] = np.stack(found)
        saved.update({f"{name}/{key}": value for key, value in weights.items()})
    return saved


def attention_wrapper():
    """An LSTM that reads its last context, `tfa.seq2seq.AttentionWrapper`."""
    values, inputs = normal(2, BATCH, PLACES, CHANNELS), normal(3, STEPS, BATCH, 5)
    mechanism = tfa.seq2seq.BahdanauAttention(UNITS)
    mechanism([values, LENGTHS], setup_memory=True)
    cell = tf.keras.layers.LSTMCell(UNITS, name="lstm")
    wrapper = tfa.seq2seq.AttentionWrapper(cell, mechanism, output_attention=False)
    wrapper(inputs[0], wrapper.get_initial_state(batch_size=BATCH, dtype="float32"))
    lstm = fill(weights_of(cell), 30, scale=0.5)
    attention_weights = fill(weights_of_attention(mechanism), 40)
    mechanism([values, LENGTHS], setup_memory=True)
    state = wrapper.get_initial_state(batch_size=BATCH, dtype="float32")
    outputs, contexts, found = [], [], []
    for x in inputs:
        output, state = wrapper(x, state)
        outputs.append(output.numpy())
        contexts.append(state.attention.numpy())
        found.append(state.alignments.numpy())
    return {
        "values": values,
        "inputs": inputs,
        "lengths": LENGTHS,
        "outputs": np.stack(outputs),
        "contexts": np.stack(contexts),
        "found": np.stack(found),
        **{f"lstm/{key}": value for key, value in lstm.items()},
        **{f"attention/{key}": value for key, value in attention_weights.items()},
    }

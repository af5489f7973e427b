"""Whatever could do more than compute is refused, wherever it stands, before it is loaded."""

import os
import tempfile

import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from export import server
from export.tiny_models import ACOUSTIC_MODELS, VOCODERS, tiny_model, tiny_voice
from keras_speech import export
from keras_speech.export import loading
from keras_speech.export.about import About
from keras_speech.export.operations import ALLOWED, SAVING, require_harmless

MARK = os.path.join(tempfile.gettempdir(), "keras_speech_written_by_a_graph")


def python(x):
    return tf.py_function(lambda y: y, [x], tf.string)


def writes(x):
    with tf.control_dependencies([tf.io.write_file(MARK, "a")]):
        return tf.identity(x)


def prints(x):
    tf.print(x, output_stream=f"file://{MARK}")
    return x


def restores(x):
    return tf.raw_ops.RestoreV2(
        prefix=x, tensor_names=["a"], shape_and_slices=[""], dtypes=[tf.string]
    )[0]


def saves(x):
    tf.raw_ops.SaveV2(prefix=x, tensor_names=["a"], shape_and_slices=[""], tensors=[x])
    return x


def inside_a_loop(x):
    return tf.while_loop(lambda y: tf.strings.length(y) < 3, lambda y: tf.io.read_file(y), [x])[0]


def inside_a_branch(x):
    return tf.cond(tf.strings.length(x) < 3, lambda: x, lambda: tf.io.read_file(x))


def inside_a_call(x):
    return tf.function(lambda y: tf.io.matching_files(y)[0])(x)


OUTSIDE = {
    "EagerPyFunc": python,
    "PyFunc": lambda x: tf.numpy_function(lambda y: y, [x], tf.string),
    "ReadFile": tf.io.read_file,
    "WriteFile": writes,
    "PrintV2": prints,
    "ReadFile in a loop": inside_a_loop,
    "ReadFile in a branch": inside_a_branch,
    "MatchingFiles": inside_a_call,
    "RestoreV2": restores,
    "SaveV2": saves,
}


def saved(module, path, signature=None):
    """Saves a module as if it were one of ours."""
    specs = [tf.TensorSpec([], tf.string, "x")]
    signature = signature or (lambda x: x)
    function = tf.function(lambda x: {"y": signature(x)}, input_signature=specs, autograph=False)
    tf.saved_model.save(module, str(path), {"serving_default": function.get_concrete_function()})
    (path / "assets.extra").mkdir()
    About("vocoder").write(path)
    return path


@pytest.mark.parametrize("name", OUTSIDE)
def test_operations_that_do_more_are_refused(name, tmp_path):
    path = saved(tf.Module(), tmp_path / "1", OUTSIDE[name])
    message = "reads or writes files" if name in SAVING else f"the operation {name.split()[0]},"
    with pytest.raises(ValueError, match=rf"1' cannot be served: its graph .*{message}"):
        loading.load(tmp_path)
    assert not os.path.exists(MARK)
    # So it is not the rest of it that is refused.
    with pytest.raises(ValueError):
        require_harmless(server.meta_graph(path))


def test_functions_that_nobody_calls_are_looked_at(tmp_path):
    module = tf.Module()
    module.other = tf.function(tf.io.read_file, input_signature=[tf.TensorSpec([], tf.string)])
    saved(module, tmp_path / "1")
    with pytest.raises(ValueError, match="the operation ReadFile,"):
        loading.load(tmp_path)


def test_files_and_tables_are_refused(tmp_path):
    """A table's file would be read as soon as it is loaded."""
    words, module = tmp_path / "words.txt", tf.Module()
    words.write_text("a\nb\n")
    module.table = tf.lookup.StaticVocabularyTable(
        tf.lookup.TextFileInitializer(
            str(words), tf.string, tf.lookup.TextFileIndex.WHOLE_LINE,
            tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER,
        ),
        1,
    )  # fmt: skip
    saved(module, tmp_path / "1", lambda x: tf.as_string(module.table.lookup(x)))
    with pytest.raises(ValueError, match="cannot be served: its graph has the operation"):
        loading.load(tmp_path)


def changed(exported, change):
    graph = server.meta_graph(exported)
    change(graph)
    return graph


def saver_of(graph):
    (name,) = [
        each.signature.name
        for each in graph.graph_def.library.function
        if any(node.op == "SaveV2" for node in each.node_def)
    ]
    return name


def call_it_by_the_object(graph):
    graph.object_graph_def.nodes.add().bare_concrete_function.concrete_function_name = saver_of(
        graph
    )


def call_it_by_a_function(graph):
    node = graph.graph_def.library.function[0].node_def.add(op="PartitionedCall")
    node.attr["f"].func.name = saver_of(graph)


def call_it_as_an_operation(graph):
    saver = saver_of(graph)
    for each in graph.graph_def.library.function:
        if each.signature.name == saver:
            each.signature.name = "MatMul"


def call_it_by_a_gradient(graph):
    graph.graph_def.library.registered_gradients.add().gradient_func = saver_of(graph)


def name_it_as_an_operation(graph):
    function = graph.graph_def.library.function[0]
    function.signature.name = "WriteFile"
    function.node_def.add(op="WriteFile")


def revive_an_object(graph):
    graph.object_graph_def.nodes[0].user_object.identifier = "_tf_keras_model"


def register_an_object(graph):
    graph.object_graph_def.nodes[0].registered_name = "Other.Class"


def add_a_resource(graph):
    graph.object_graph_def.nodes.add().resource.device = ""


def add_an_asset(graph):
    graph.asset_file_def.add().filename = "../../etc/passwd"


@pytest.mark.parametrize(
    "change",
    [
        call_it_by_the_object, call_it_by_a_function, call_it_as_an_operation,
        call_it_by_a_gradient, name_it_as_an_operation, revive_an_object, register_an_object,
        add_a_resource, add_an_asset,
    ],
    ids=lambda change: change.__name__,
)  # fmt: skip
def test_what_a_loader_would_follow_is_looked_at(exported, change):
    require_harmless(server.meta_graph(exported))
    with pytest.raises(ValueError):
        require_harmless(changed(exported, change))


@pytest.mark.slow
@pytest.mark.parametrize("name", [*ACOUSTIC_MODELS, *VOCODERS, "voice of Tacotron"])
def test_all_that_is_exported_is_harmless(name, tmp_path):
    model = tiny_voice("Tacotron", "GriffinLim") if " " in name else tiny_model(name)
    require_harmless(server.meta_graph(export.saved_model(model, tmp_path)))


def test_operations_exist():
    """And none that reads or writes is among those that always may be there."""
    from tensorflow.python.framework import op_def_registry

    assert [name for name in ALLOWED | SAVING if op_def_registry.get(name) is None] == []
    assert not ALLOWED & SAVING
    words = ("Py", "File", "Save", "Restore", "Print", "Dataset", "Remote", "Send", "Recv", "Load")
    assert [name for name in ALLOWED if any(word in name for word in words)] == []


def test_graphs_of_tensorflow_1_are_refused(exported, tmp_path):
    """They are loaded by running what stands outside of their functions."""
    model = saved_model_pb2.SavedModel(meta_graphs=[server.meta_graph(exported)])
    model.meta_graphs[0].ClearField("object_graph_def")
    (tmp_path / "saved_model.pb").write_bytes(model.SerializeToString())
    (tmp_path / "assets.extra").mkdir()
    About("vocoder").write(tmp_path)
    with pytest.raises(ValueError, match="must hold one graph, of TensorFlow 2"):
        loading.load(tmp_path)

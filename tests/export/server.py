"""What a server does with a SavedModel, for the tests of all that is exported."""

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.apis import predict_pb2

from keras_speech import AudioSpec
from keras_speech.text import CharacterTokenizer

SPEC = AudioSpec(sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000.0)

# By which every SavedModel finds its own variables.
FILES_OF_RESTORE = {"ShardedFilename", "MergeV2Checkpoints"}


def tiny_tokenizer():
    """Quickly traced."""
    return CharacterTokenizer(" abcdefghijklmnopqrstuvwxyz.,?!", normalizer=None, lowercase=True)


def meta_graph(path):
    """The `MetaGraphDef` of a SavedModel's directory."""
    saved = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    (graph,) = saved.meta_graphs
    return graph


def operations(path):
    """All operations of a SavedModel, those in functions too: `NodeDef`s."""
    graph = meta_graph(path).graph_def
    yield from graph.node
    for function in graph.library.function:
        yield from function.node_def


def assert_standard(path):
    """Its operations are TensorFlow's own, and none runs Python or needs a file beside it."""
    used = {node.op for node in operations(path)}
    functions = {each.signature.name for each in meta_graph(path).graph_def.library.function}
    assert used - functions - set(dir(tf.raw_ops)) == set()
    assert not {op for op in used if "Py" in op or "File" in op or "Table" in op} - FILES_OF_RESTORE
    assert not list(path.glob("assets/*"))


def call(signatures, name, **inputs):
    """Outputs of a signature as NumPy arrays, of inputs that become what it declares."""
    function = signatures[name]
    specs = function.structured_input_signature[1]
    assert set(inputs) == set(specs)
    tensors = {key: tf.constant(value, specs[key].dtype) for key, value in inputs.items()}
    return {key: value.numpy() for key, value in function(**tensors).items()}


def predict_request(signature, inputs, name="voice"):
    """A `PredictRequest` of NumPy arrays."""
    request = predict_pb2.PredictRequest()
    request.model_spec.name, request.model_spec.signature_name = name, signature
    for key, value in inputs.items():
        request.inputs[key].CopyFrom(tf.make_tensor_proto(value))
    return request


def serve(path, signatures, request):
    """Answers a `PredictRequest` by the rules of TF Serving, with a `PredictResponse`.

    Inputs must be those of the signature, of its types and ranks.
    """
    name = request.model_spec.signature_name or "serving_default"
    signature = meta_graph(path).signature_def[name]
    assert set(request.inputs) == set(signature.inputs)
    for key, proto in request.inputs.items():
        info = signature.inputs[key]
        assert proto.dtype == info.dtype
        assert len(proto.tensor_shape.dim) == len(info.tensor_shape.dim)
    inputs = {key: tf.constant(tf.make_ndarray(proto)) for key, proto in request.inputs.items()}
    outputs = signatures[name](**inputs)
    assert set(outputs) == set(signature.outputs)
    response = predict_pb2.PredictResponse()
    for key, value in outputs.items():
        assert value.dtype == signature.outputs[key].dtype
        response.outputs[key].CopyFrom(tf.make_tensor_proto(value))
    return response


def assert_speaks(answer, expected, sample_rate, atol=1e-5):
    """Each row is the samples expected of it, then silence."""
    assert answer["audio_lengths"].tolist() == [len(samples) for samples in expected]
    assert answer["sample_rate"].tolist() == [sample_rate] * len(expected)
    assert answer["audio"].shape[1] == max(len(samples) for samples in expected)
    for row, samples in zip(answer["audio"], expected, strict=True):
        np.testing.assert_allclose(row[: len(samples)], samples, atol=atol)
        assert not row[len(samples) :].any()

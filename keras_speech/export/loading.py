"""SavedModels of this package, loaded to be called: checked first, for a graph is a program."""

import dataclasses
import re
from pathlib import Path

import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from keras_speech.export.about import About
from keras_speech.export.operations import require_harmless
from keras_speech.export.warm_up import read_warm_up

FILE = "saved_model.pb"

# Loaders of some releases would take these instead of the file that was checked.
OTHER_FILES = ("saved_model.cpb", "saved_model.pbtxt")


@dataclasses.dataclass(frozen=True)
class Loaded:
    """A SavedModel that is ready to be called.

    Attributes:
        name: of the directory that holds its versions, as TF Serving would call it.
        version: whole number.
        directory: `pathlib.Path` of the version.
        about: `About`.
        inputs, outputs: dicts from the names of signatures to dicts of `tf.TensorSpec`s.
        examples: list of `(signature, inputs)`, requests to warm up by.
        module: what TensorFlow loaded.
    """

    name: str
    version: int
    directory: Path
    about: About
    inputs: dict
    outputs: dict
    examples: list
    module: object

    def __call__(self, signature, inputs):
        """Calls a signature.

        Args:
            signature: its name.
            inputs: dict of what TensorFlow makes tensors of.

        Returns: dict of NumPy arrays.

        Raises:
            ValueError: the graph does not take such inputs; the message is its own, if it has one.
        """
        specs = self.inputs[signature]
        tensors = {name: tf.constant(value, specs[name].dtype) for name, value in inputs.items()}
        try:
            outputs = self.module.signatures[signature](**tensors)
        except tf.errors.InvalidArgumentError as error:
            found = re.search(r"assertion failed: \[([^\]]{1,200})", error.message)
            said = found[1] if found else "the model does not take these inputs"
            raise ValueError(f"{said}.") from error
        return {name: value.numpy() for name, value in outputs.items()}

    def warm_up(self, signatures):
        """Compiles what the first calls of these signatures would."""
        for signature, inputs in self.examples:
            if signature in signatures:
                self(signature, inputs)


def load(directory):
    """Loads a SavedModel that `saved_model` wrote.

    Before TensorFlow sees its graphs, each of their operations is looked up among those that are
    known to do nothing but compute: what is loaded cannot run Python, nor read or write files.

    Args:
        directory: of numbered versions, of which the highest is loaded; or of one version.

    Returns: `Loaded`.

    Raises:
        ValueError: there is none, it was not written by `saved_model`, is damaged, or could do
            more than compute; the message names the directory.
    """
    name, version, path = _found(Path(directory).expanduser().absolute())
    try:
        about = About.read(path)
        meta_graph = _meta_graph(path)
        require_harmless(meta_graph)
        examples = read_warm_up(path)
    except ValueError as error:
        raise ValueError(f"The SavedModel in {str(path)!r} cannot be served: {error}") from error
    damaged = f"The SavedModel in {str(path)!r} is damaged: "
    try:
        module = tf.saved_model.load(str(path))
        loaded = set(module.signatures)
    except Exception as error:
        # Whatever TensorFlow's loader finds.
        reason = str(error).strip().splitlines()[:1] or [type(error).__name__]
        raise ValueError(damaged + reason[0][:200]) from error
    definitions = {
        key: each
        for key, each in meta_graph.signature_def.items()
        if each.method_name == "tensorflow/serving/predict"
    }
    if not loaded or definitions.keys() != loaded:
        raise ValueError(damaged + "it lacks signatures.")
    inputs = {key: _specs(each.inputs) for key, each in definitions.items()}
    outputs = {key: _specs(each.outputs) for key, each in definitions.items()}
    specs = [each for group in (*inputs.values(), *outputs.values()) for each in group.values()]
    if any(spec.shape.rank is None for spec in specs):
        raise ValueError(damaged + "a tensor has any number of axes.")
    for signature, example in examples:
        if example.keys() != inputs.get(signature, {}).keys():
            raise ValueError(
                damaged + "its requests to warm up by are not those of its signatures."
            )
    return Loaded(name, version, path, about, inputs, outputs, examples, module)


def _specs(tensors):
    """`tf.TensorSpec`s of a dict of `TensorInfo`s, sorted by their names."""
    return {
        name: tf.TensorSpec(
            tf.TensorShape(tensors[name].tensor_shape), tf.as_dtype(tensors[name].dtype),
            tensors[name].name,
        )
        for name in sorted(tensors)
    }  # fmt: skip


def _found(directory):
    """Name, version and directory of what is to be loaded."""
    if (directory / FILE).is_file():
        numbered = directory.name.isascii() and directory.name.isdigit()
        if numbered:
            return directory.parent.name, int(directory.name), directory
        return directory.name, 1, directory
    versions = _versions(directory)
    if not versions:
        raise ValueError(
            f"There must be a SavedModel in the directory, or in a numbered one inside it. "
            f"Received: {str(directory)!r}."
        )
    version = max(versions)
    return directory.name, version, versions[version]


def _versions(directory):
    """Numbered directories by number."""
    if not directory.is_dir():
        return {}
    return {
        int(path.name): path
        for path in directory.iterdir()
        if path.name.isascii() and path.name.isdigit() and path.is_dir()
    }


def _meta_graph(path):
    from google.protobuf import message

    for name in OTHER_FILES:
        if (path / name).exists():
            raise ValueError(f"{name} must not be there.")
    try:
        saved = saved_model_pb2.SavedModel.FromString((path / FILE).read_bytes())
    except (OSError, message.DecodeError) as error:
        raise ValueError(f"{FILE} cannot be read.") from error
    # Another would be loaded as one of TensorFlow 1, by running its outer graph.
    if len(saved.meta_graphs) != 1 or not saved.meta_graphs[0].HasField("object_graph_def"):
        raise ValueError(f"{FILE} must hold one graph, of TensorFlow 2.")
    return saved.meta_graphs[0]

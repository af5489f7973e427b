"""What an app does with LiteRT files, for their tests."""

import json

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from tensorflow.lite.python import schema_py_generated as schema


class Files:
    """The parts of a directory that `litert` wrote, each a function of named arrays."""

    def __init__(self, directory):
        self.card = json.loads((directory / "model.json").read_text())
        self.interpreters = {
            name: Interpreter(str(directory / part["file"]), num_threads=1)
            for name, part in self.card["parts"].items()
        }

    def __call__(self, part, **inputs):
        """The outputs by name; of the inputs those that the part has."""
        names = self.card["parts"][part]["inputs"]
        runner = self.interpreters[part].get_signature_runner()
        return runner(**{name: inputs[name] for name in names})


def operations(path):
    """Names of a file's built-in operations, those in loops too, and of its custom (flex) ones."""
    model = schema.Model.GetRootAs(path.read_bytes(), 0)
    names = {value: name for name, value in vars(schema.BuiltinOperator).items()}
    codes = [model.OperatorCodes(i) for i in range(model.OperatorCodesLength())]
    builtin = {names[code.BuiltinCode()] for code in codes}
    return builtin, {code.CustomCode() for code in codes} - {None}


def noise(model, max_frames=2000, seed=0):
    """What `generate` draws for so many frames."""
    channels = sum(model.decoder.prenet_units) + (type(model).__name__ == "NeuralHMMTTS")
    steps = -(-max_frames // model.reduction)
    return np.random.default_rng(seed).random((steps, channels), dtype="float32")

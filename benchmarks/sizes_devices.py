"""The models of a voice run from the files of `ks.export.litert`, for `sizes_sides.py`."""

import json

import numpy as np
from vocoder_sides import THREADS


def run_by_files(voice, directory):
    """Lets `voice` speak by an export of itself: texts, levels and pauses stay those of Python.

    Args:
        voice: `Voice`, changed in place.
        directory: `pathlib.Path` of what was exported.
    """
    card = json.loads((directory / "model.json").read_text(encoding="utf-8"))
    parts = {name: runner(directory, part) for name, part in card["parts"].items()}
    voice.acoustic_model = Acoustic(voice.acoustic_model, parts["acoustic"], card)
    voice.vocoder = Vocoder(voice.vocoder, parts["vocoder"])


class _Part:
    """Stands for a model: what it is not asked to compute, the model answers."""

    def __init__(self, model, run, card=None):
        self.model, self.run, self.card = model, run, card

    def __getattr__(self, name):
        return getattr(self.model, name)


class Acoustic(_Part):
    """Generates one row after another, as an app would."""

    def generate(self, tokens, lengths, *, seed=0, **options):
        rows = [
            self._row(row[:length], seed, options)
            for row, length in zip(tokens, lengths, strict=True)
        ]
        longest = [max(row["alignment"].shape[axis] for row in rows) for axis in (1, 2)]
        return {
            "mel": np.concatenate([_padded(row["mel"], longest[:1]) for row in rows]),
            "alignment": np.concatenate([_padded(row["alignment"], longest) for row in rows]),
            "lengths": np.concatenate([row["lengths"] for row in rows]),
        }

    def _row(self, tokens, seed, options):
        part = self.card["parts"]["acoustic"]
        inputs = {"tokens": tokens[None].astype("int32")}
        for name, limits in part.get("controls", {}).items():
            inputs[name] = np.array([options.get(name, limits["neutral"])], "float32")
        if "noise" in part["inputs"]:
            shape = (part["max_frames"] // part["frames_per_step"], part["noise_channels"])
            inputs["noise"] = np.random.default_rng(seed).random(shape, dtype="float32")
        return self.run(inputs)


class Vocoder(_Part):
    def generate(self, *, mel, seed=0):
        return self.run({"mel": np.asarray(mel)})["audio"]


def runner(directory, part):
    """A function from a dict of arrays to a dict of arrays."""
    path = str(directory / part["file"])
    if path.endswith(".onnx"):
        import onnxruntime

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = settings.inter_op_num_threads = THREADS
        session = onnxruntime.InferenceSession(path, settings, ["CPUExecutionProvider"])
        names = list(part["outputs"])
        return lambda inputs: dict(zip(names, session.run(names, inputs), strict=True))
    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(path, num_threads=THREADS).get_signature_runner()
    return lambda inputs: runner(**inputs)


def _padded(array, sizes):
    """A row with zeros up to so many frames (and tokens)."""
    missing = [(0, size - n) for size, n in zip(sizes, array.shape[1:], strict=False)]
    return np.pad(array, [(0, 0), *missing, *[(0, 0)] * (array.ndim - 1 - len(missing))])

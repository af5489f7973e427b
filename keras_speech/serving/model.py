"""A model that is served, whatever it is made of."""

import dataclasses

import numpy as np

from keras_speech.serving.errors import RequestError
from keras_speech.serving.exported import ExportedAnswers, ExportedVoice
from keras_speech.serving.signatures import Signature, Tensor, require_numbers, signatures_of

# Order of inputs, where messages name them; others follow.
ORDER = ("text", "tokens", "token_lengths", "mel", "lengths", "prime", "n_samples", "temperature")
ORDER += ("speaker", "speed", "pitch", "energy", "seed")

# Most samples of a WaveNet at once: they are made one after another, and nothing can stop that.
MAX_DRAWN = 1_000_000


@dataclasses.dataclass(frozen=True)
class Model:
    """What is served under one name.

    Attributes:
        name: what clients call it.
        version: its number, a str.
        source: what it is, for people.
        signatures: dict of `Signature`s by name.
        voice: `Voice` or `ExportedVoice`; `None` for what does not speak.
        warm_up: function that compiles what the first request would.
    """

    name: str
    version: str
    source: str
    signatures: dict
    voice: object
    warm_up: object


def model_of_voice(voice, name):
    """A `Model` of a `Voice`."""

    def warm_up():
        try:
            voice.warm_up()
        except ValueError:
            pass  # A voice of another alphabet cannot say so; it compiles with the first request.

    return Model(name, "1", voice.name, signatures_of(voice), voice, warm_up)


def model_of_saved_model(loaded, name):
    """A `Model` of a `Loaded`; `ValueError` where its signatures are not those of its kind."""
    head = name, str(loaded.version), f"version {loaded.version} of {loaded.directory.parent}"
    if loaded.about.kind == "voice":
        voice = ExportedVoice(loaded)
        run = ExportedAnswers(voice, tuple(loaded.outputs["mel"])).of_signatures()
        return Model(*head, _signatures(loaded, run), voice, voice.warm_up)
    run = {
        key: _rows_of(loaded, key) if _has_rows(loaded, key) else _all_of(loaded, key)
        for key in loaded.inputs
    }
    return Model(*head, _signatures(loaded, run), None, lambda: loaded.warm_up(run))


def _signatures(loaded, run):
    """`Signature`s of what is declared, answered by the functions of `run`."""
    return {
        name: Signature(_tensors(loaded.inputs[name]), _tensors(loaded.outputs[name]), run[name])
        for name in sorted(run)
    }


def _tensors(specs):
    order = {name: place for place, name in enumerate(ORDER)}
    names = sorted(specs, key=lambda name: (order.get(name, len(order)), name))
    return {
        name: Tensor(specs[name].dtype.name, tuple(specs[name].shape.as_list()), specs[name].name)
        for name in names
    }


def _has_rows(loaded, key):
    """Whether rows can be made one by one: a vocoder makes them so itself."""
    return "audio_lengths" in loaded.outputs[key]


def _rows_of(loaded, key):
    """Makes one row after another, so that other requests have their turn in between."""

    def run(**columns):
        n_rows = len(next(iter(columns.values())))
        if n_rows == 0:
            raise RequestError(400, "A request must have a row.")
        rows = []
        for i in range(n_rows):
            rows.append(
                _called(loaded, key, {name: all[i : i + 1] for name, all in columns.items()})
            )
            yield float(rows[-1]["audio_lengths"][0] / rows[-1]["sample_rate"][0])
            require_numbers(n_rows * rows[-1]["audio"].size)
        return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}

    return run


def _all_of(loaded, key):
    """Makes all rows at once."""

    def run(**inputs):
        drawn = inputs.get("n_samples", 0) * len(inputs.get("prime", ()))
        if drawn > MAX_DRAWN:
            raise RequestError(
                400, f"`n_samples` must be at most {MAX_DRAWN}, of all rows together, not {drawn}.",
                param="n_samples",
            )  # fmt: skip
        outputs = _called(loaded, key, inputs)
        yield 0.0
        for value in outputs.values():
            require_numbers(value.size)
        return outputs

    return run


def _called(loaded, key, inputs):
    try:
        return loaded(key, inputs)
    except ValueError as error:
        raise RequestError(400, str(error)) from error

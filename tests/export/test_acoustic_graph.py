"""The graph of an acoustic model takes for granted what `generate` has as its defaults."""

import inspect

import pytest

import keras_speech as ks
from export.server import SPEC
from export.tiny_models import ACOUSTIC_MODELS, tiny_model
from keras_speech.export import acoustic_graph
from keras_speech.models.acoustic import AcousticModel
from keras_speech.models.fastspeech2 import controls
from keras_speech.models.neural_hmm import requests
from keras_speech.voices import request


@pytest.mark.parametrize("name", ACOUSTIC_MODELS)
def test_defaults_are_those_of_generate(name):
    parameters = inspect.signature(tiny_model(name).generate).parameters
    defaults = {
        "max_frames": None if name == "FastSpeech2" else acoustic_graph.MAX_FRAMES,
        "stop_threshold": acoustic_graph.STOP_THRESHOLD,
        "quantile": acoustic_graph.QUANTILE,
        "temperature": 0.0,
        "sample_durations": False,
        "attention_window": None,
        **request.NEUTRAL,
    }
    given = {key: each.default for key, each in parameters.items() if key in defaults}
    assert given == {key: defaults[key] for key in given}
    known = {*defaults, "tokens", "token_lengths", "speaker", "seed", "jit"}
    assert set(parameters) <= known


def test_every_acoustic_model_of_the_zoo_has_a_graph():
    public = [getattr(ks.models, name) for name in ks.models.__all__]
    public = [each for each in public if isinstance(each, type) and issubclass(each, AcousticModel)]
    assert {each.__name__ for each in public} == set(ACOUSTIC_MODELS)


def test_ranges_are_those_of_the_models():
    assert request.LIMITS == controls.RANGES
    assert request.LIMITS["speed"] == (requests.SLOWEST, requests.FASTEST)


def test_another_model_is_refused():
    with pytest.raises(ValueError, match="`acoustic_model` must be a FastSpeech2.*AudioSpec"):
        acoustic_graph.AcousticGraph(SPEC)

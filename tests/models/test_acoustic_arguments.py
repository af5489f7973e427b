"""What every acoustic model says of batches and arguments that it cannot take."""

import functools

import keras
import numpy as np
import pytest

from conformance import CASES

NAMES = ("FastSpeech2", "NeuralHMMTTS", "Tacotron", "Tacotron2", "TransformerTTS")
every_model = pytest.mark.parametrize("name", NAMES)


@functools.cache
def made(name, **changes):
    """The conformance table's tiny model with other settings, made once."""
    model = CASES[name].make()
    return type(model).from_config({**model.get_config(), **changes})


def batch(name, **changes):
    return {**CASES[name].inputs(), "speaker": np.array([2, 0], "int32"), **changes}


@every_model
def test_a_batch_without_speakers_is_refused_by_a_model_of_several(name):
    model, inputs = made(name, n_speakers=3), batch(name)
    inputs.pop("speaker")
    rule = '"speaker": the model has 3 speakers. Received: speaker=None'
    with pytest.raises(ValueError, match=rule):
        model(inputs)
    model.compile(keras.optimizers.SGD(0.1))
    with pytest.raises(ValueError, match=rule):
        model.train_on_batch(inputs)


@every_model
@pytest.mark.parametrize("speaker", [[3, 0], [0, -1]])
def test_an_unknown_speaker_is_named(name, speaker):
    inputs = batch(name, speaker=np.array(speaker, "int32"))
    with pytest.raises(ValueError, match=r'"speaker" of `inputs` must be in \[0, 3\). Received'):
        made(name, n_speakers=3)(inputs)


@every_model
def test_a_model_of_one_speaker_leaves_those_of_a_corpus_aside(name):
    """Batches name the speaker wherever a corpus does, be it of one or of many."""
    model, inputs = made(name, n_speakers=0), batch(name)
    with_speaker = model(inputs)["mel"]
    inputs.pop("speaker")
    np.testing.assert_array_equal(with_speaker, model(inputs)["mel"])


@pytest.mark.parametrize("durations", [[[2, 1, 4, 2], [3, 4, 1, 0]], [[2, 3, 5, -1], [3, 4, 0, 0]]])
def test_durations_that_do_not_fit_the_frames_are_refused(durations):
    inputs = batch("FastSpeech2", durations=np.array(durations, "int32"))
    rule = '"durations" of `inputs` must be numbers of frames from 0 that sum to "mel_lengths"'
    with pytest.raises(ValueError, match=rule):
        made("FastSpeech2")(inputs)


@pytest.mark.parametrize("name", ["NeuralHMMTTS", "Tacotron", "Tacotron2", "TransformerTTS"])
def test_generate_names_the_number_that_it_cannot_take(name):
    model, tokens = made(name, n_speakers=0), np.array([[1, 2, 3]])
    refused = [
        ({"seed": 0.5}, "`seed` must be a whole number. Received: seed=0.5"),
        ({"seed": -1}, "`seed` must be a whole number from 0. Received: seed=-1"),
        ({"max_frames": 0}, "`max_frames` must be a whole number from 1. Received: max_frames=0"),
        ({"max_frames": 4.5}, "`max_frames` must be a whole number from 1. Received: max_frames"),
    ]
    if name != "NeuralHMMTTS":  # which has no stop token
        refused += [
            ({"stop_threshold": "x"}, r"`stop_threshold` must be in \[0, 1\]. Received: stop_thr"),
            ({"stop_threshold": 2}, r"`stop_threshold` must be in \[0, 1\]. Received: stop_thresh"),
        ]
    for arguments, message in refused:
        with pytest.raises(ValueError, match=message):
            model.generate(tokens, **arguments)

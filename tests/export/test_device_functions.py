"""What is handed to converters computes what `generate` does; `test_litert_files` converts it."""

import numpy as np
import pytest

from export.interpreter import noise
from export.tiny_models import VOCABULARY, tiny_model
from keras_speech.export.device_functions import acoustic_function, vocoder_function
from keras_speech.export.wavenet_step import wavenet_step_function
from keras_speech.ops import portable


@pytest.mark.parametrize("name", ["NeuralHMMTTS", "Tacotron", "TransformerTTS"])
def test_acoustic_functions_are_generate(name):
    model = tiny_model(name)
    part = acoustic_function(model)
    tokens = np.random.default_rng(0).integers(1, VOCABULARY, (1, 9)).astype("int32")
    given = {"tokens": tokens, "speed": np.ones(1, "float32"), "noise": noise(model, 300)}
    made = part.function(*[given[spec.name] for spec in part.inputs])
    expected = model.generate(tokens, max_frames=300)
    assert tuple(made) == part.outputs
    np.testing.assert_array_equal(made["lengths"], expected["lengths"])
    for key in made.keys() - {"lengths"}:
        np.testing.assert_allclose(made[key], expected[key], atol=1e-4)


@pytest.mark.parametrize("name", ["GriffinLim", "WaveGlow"])
def test_vocoder_functions_are_generate(name):
    model = tiny_model(name)
    mel = np.random.default_rng(0).normal(-3.0, 1.0, (1, 7, 20)).astype("float32")
    part = vocoder_function(model)
    assert (part.name, part.outputs) == ("vocoder", ("audio",))
    np.testing.assert_allclose(part.function(mel)["audio"], model.generate(mel), atol=1e-4)
    assert not portable.is_portable()


@pytest.mark.parametrize("make", [acoustic_function, vocoder_function, wavenet_step_function])
def test_another_kind_of_model_is_refused(make):
    with pytest.raises(ValueError, match="`model` must be a.* Received: int"):
        make(1)

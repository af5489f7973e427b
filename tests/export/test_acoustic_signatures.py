"""An acoustic model in a SavedModel makes the mels that it makes in Python."""

import numpy as np
import pytest
import tensorflow as tf

import keras_speech as ks
from export.server import call
from export.tiny_models import ACOUSTIC_MODELS, tiny_model

TOKENS = np.array([[3, 9, 4, 1, 8, 2, 7], [5, 6, 0, 0, 0, 0, 0]], "int32")

# A voice of Tacotron 2 is tested with its own signatures.
NAMES = [
    pytest.param(name, marks=pytest.mark.slow) if name == "Tacotron2" else name
    for name in ACOUSTIC_MODELS
]


@pytest.mark.parametrize("name", NAMES)
def test_mels_are_those_of_generate(name, tmp_path):
    model = tiny_model(name)
    path = ks.export.saved_model(model, tmp_path / name)
    signatures = tf.saved_model.load(str(path)).signatures
    inputs = set(signatures["generate"].structured_input_signature[1])
    options = {"speaker": [1, 0], "speed": [0.5, 2.0], "pitch": [3.0, -1.0], "seed": 2**34}
    options = {key: value for key, value in options.items() if key in inputs}
    assert inputs == {"tokens", "token_lengths", *options}
    actual = call(signatures, "generate", tokens=TOKENS, token_lengths=[7, 2], **options)
    arrays = {key: value if key == "seed" else np.array(value) for key, value in options.items()}
    expected = model.generate(TOKENS, [7, 2], **arrays)
    assert actual.keys() >= {"mel", "lengths", "alignment", "stopped"}
    for key, value in actual.items():
        np.testing.assert_allclose(value, expected[key], atol=1e-5)
    assert np.ptp(actual["lengths"]) and actual["stopped"].all()
    actual = call(signatures, "serving_default", tokens=TOKENS)
    expected = model.generate(TOKENS, speaker=0 if model.n_speakers else None)
    np.testing.assert_allclose(actual["mel"], expected["mel"], atol=1e-5)


@pytest.fixture(scope="module")
def signatures(tmp_path_factory):
    path = ks.export.saved_model(tiny_model("FastSpeech2"), tmp_path_factory.mktemp("export") / "m")
    return tf.saved_model.load(str(path)).signatures


@pytest.mark.parametrize(
    "change, message",
    [
        ({"tokens": [[99, 1]]}, r"tokens must be in \[0, 32\)"),
        ({"token_lengths": [0]}, "token_lengths must be from 1"),
        ({"token_lengths": [1, 1]}, "token_lengths must be from 1"),
        ({"speaker": [3]}, r"speaker must be in \[0, 3\)"),
        ({"speed": [9.0]}, "speed must be from 0.25 to 4"),
        ({"seed": -1}, "seed must not be negative"),
    ],
)
def test_what_generate_refuses_is_refused(signatures, change, message):
    good = {"tokens": [[1, 2]], "token_lengths": [2], "speaker": [0], "speed": [1.0]}
    good |= {"pitch": [0.0], "seed": 0}
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        call(signatures, "generate", **good | change)


def test_an_empty_row_is_refused(signatures):
    with pytest.raises(tf.errors.InvalidArgumentError, match="token_lengths must be from 1"):
        call(signatures, "serving_default", tokens=[[1, 2], [0, 0]])

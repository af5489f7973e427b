"""Every kind of acoustic model is served with the signatures of its export."""

import numpy as np
import pytest

from export.tiny_models import tiny_voice
from keras_speech.serving import signatures
from keras_speech.serving.errors import RequestError
from keras_speech.serving.signatures import signatures_of


def result(steps):
    """What a generator returns."""
    try:
        while True:
            next(steps)
    except StopIteration as stop:
        return stop.value


# As the export has them: tests/serving/test_predict.py compares one of them with it.
OPTIONS = {
    "Tacotron": ({"speed"}, set()),
    "Tacotron2": ({"speed", "speaker"}, {"speaker"}),
    "TransformerTTS": ({"speed"}, set()),
    "NeuralHMMTTS": ({"speed"}, set()),
    "FastSpeech2": ({"speed", "speaker", "pitch"}, {"speed", "speaker", "pitch"}),
}
MORE = {"Tacotron": {"linear"}, "FastSpeech2": {"durations"}}


@pytest.mark.parametrize("model", OPTIONS)
def test_signatures_are_those_of_the_model(model):
    made = signatures_of(tiny_voice(model, "GriffinLim"))
    of_speak, of_mel = OPTIONS[model]
    assert set(made["speak"].inputs) == {"text", "seed"} | of_speak
    assert set(made["mel"].inputs) == {"text"} | of_mel
    common = {"mel", "lengths", "alignment", "stopped"}
    assert set(made["mel"].outputs) == common | MORE.get(model, set())


@pytest.mark.parametrize("model", ["Tacotron", "NeuralHMMTTS"])
def test_mels_are_what_is_declared(model):
    voice = tiny_voice(model, "GriffinLim")
    generate = voice.acoustic_model.generate
    # Tens of frames take as long as the test may.
    voice.acoustic_model.generate = lambda *a, **options: generate(*a, max_frames=20, **options)
    mel = signatures_of(voice)["mel"]
    outputs = result(mel.run(text=["a b.", ""]))
    for name, tensor in mel.outputs.items():
        assert outputs[name].dtype == tensor.dtype and len(outputs[name]) == 2
        for size, expected in zip(outputs[name].shape, tensor.shape, strict=True):
            assert expected in (None, size)
    assert outputs["lengths"][0] > 0 == outputs["lengths"][1]


def test_options_of_all_rows_are_checked_before_the_first_is_spoken(voice, monkeypatch):
    monkeypatch.setattr(signatures, "spoken", None)
    columns = {"speaker": ["", ""], "speed": [1.0, 9.0], "pitch": [0.0, 0.0], "seed": [0, 0]}
    with pytest.raises(RequestError, match="`speed` must be"):
        next(signatures_of(voice)["speak"].run(text=["A.", "B."], **columns))


def test_no_rows_are_no_answers(voice):
    made = signatures_of(voice)
    assert result(made["serving_default"].run(text=[]))["audio"].shape == (0, 0)
    assert result(made["wav_bytes"].run(text=[]))["wav_bytes"] == []
    assert len(result(made["vocode"].run(mel=np.zeros((0, 0, 20)), lengths=[]))["audio"]) == 0

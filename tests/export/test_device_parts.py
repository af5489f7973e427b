import json

import pytest

from export.tiny_models import tiny_model, tiny_voice
from keras_speech.export.device_parts import CARD, device_parts, write_card


def test_the_card_says_what_an_app_needs(tmp_path):
    voice = tiny_voice()
    parts = device_parts(voice)
    assert [part.name for part in parts.values()] == ["acoustic", "vocoder"]
    write_card(tmp_path, voice, parts, suffix=".tflite", weights="float16")
    card = json.loads((tmp_path / CARD).read_text(encoding="utf-8"))
    assert (card["sample_rate"], card["hop_length"], card["weights"]) == (8000, 64, "float16")
    assert card["speakers"] == ["ann", "bob", "cid"]
    tokens, _ = voice.tokenizer(["a b."])
    assert [card["symbols"][each] for each in "a b."] == tokens.numpy()[0].tolist()
    acoustic, vocoder = card["parts"]["acoustic"], card["parts"]["vocoder"]
    assert acoustic["file"] == "acoustic.tflite"
    assert acoustic["inputs"]["tokens"] == {"dtype": "int32", "shape": [1, None]}
    assert acoustic["controls"]["speed"] == {"low": 0.25, "high": 4.0, "neutral": 1.0}
    assert "energy" not in acoustic["inputs"]
    assert vocoder["inputs"] == {"mel": acoustic["outputs"]["mel"]}


def test_the_card_of_a_decoder_says_how_much_noise_it_takes(tmp_path):
    model = tiny_model("Tacotron2")
    write_card(tmp_path, model, device_parts(model), suffix=".onnx", weights="float32")
    part = json.loads((tmp_path / CARD).read_text(encoding="utf-8"))["parts"]["acoustic"]
    assert part["inputs"]["noise"]["shape"] == [None, part["noise_channels"]]
    assert (part["frames_per_step"], part["max_frames"]) == (4, 2000)


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="`model` must be a Voice.* Received: str"):
        device_parts("kathleen")

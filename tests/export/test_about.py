"""What a SavedModel says of itself comes back, and says nothing of weights."""

import keras_speech as ks
from export.server import SPEC
from export.tiny_models import tiny_model
from keras_speech.export.about import ABOUT_FILE, About


def test_it_comes_back(voice, tmp_path):
    parts = voice.tokenizer, voice.acoustic_model, voice.vocoder, SPEC
    metadata = {"license": "CC0-1.0", "credits": ["me"]}
    other = ks.Voice(
        *parts, name="ä", speakers=["x", "ÿ", "z"], pauses={".": 0.5}, metadata=metadata
    )
    for model in (other, tiny_model("FastSpeech2"), ks.GriffinLim(SPEC, n_iter=1)):
        about = About.of(model)
        about.write(tmp_path)
        assert About.read(tmp_path) == about
    assert about == About("vocoder")
    assert ABOUT_FILE.parent.name == "assets.extra"  # which TF Serving leaves alone

"""Trainings in sixteen bits leave voices and models that speak in thirty-two."""

import json

import numpy as np
import pytest

import keras_speech as ks
from cli.conftest import TINY, TINY_ACOUSTIC
from keras_speech.cli.acoustic_recipes import RECIPES
from keras_speech.cli.main import main
from keras_speech.models import load_model_preset, tacotron2_configs


def policies(model):
    return {layer.dtype_policy.name for layer in model._flatten_layers()}


# One in the quick tests; `tests/training/test_precision.py` has a step of every model.
@pytest.mark.parametrize(
    "model, precision",
    [
        pytest.param(model, precision, marks=[pytest.mark.slow] * (model != "tacotron2"))
        for model, precision in [
            ("tacotron2", "mixed_float16"),
            *((model, "mixed_bfloat16") for model in RECIPES if model != "tacotron2"),
            *((model, "mixed_float16") for model in RECIPES if model != "tacotron2"),
        ]
    ],
)
def test_a_voice_speaks_in_float32(model, precision, train_acoustic, tmp_path, monkeypatch):
    """And the training goes on by the file that it wrote down."""
    monkeypatch.setattr(tacotron2_configs, "SMALL", TINY)
    assert set(TINY_ACOUSTIC) <= {recipe.module for recipe in RECIPES.values()}
    options = ["--precision", precision, "--average", "0.9", "--optimizer", "adamw"]
    assert train_acoustic(model, *options, "--plot-every", "0") == 0
    voice = ks.Voice.from_preset(tmp_path / "run" / "voice")
    assert policies(voice.acoustic_model) == {"float32"}
    assert np.isfinite(voice.speak("a bee", max_frames=16).samples).all()
    if model != "tacotron2":
        return
    settings = tmp_path / "run" / "training.json"
    argv = ["train", model, "--config-file", str(settings), "--out"]
    assert main([*argv, str(tmp_path / "run")]) == 0
    assert main([*argv, str(tmp_path / "run"), "--precision", "float32"]) == 2
    assert json.loads(settings.read_text())["precision"] == precision


@pytest.mark.parametrize(
    "precision", ["mixed_bfloat16", pytest.param("mixed_float16", marks=pytest.mark.slow)]
)
def test_a_model_of_sound_plays_in_float32(precision, tones_directory, tiny_wavenet, tmp_path):
    options = ["--data", str(tones_directory), "--out", str(tmp_path / "run"), "--epochs", "1"]
    options += ["--sample-rate", "8000", "--segment", "0.1", "--sample-every", "0"]
    options += ["--head", "logistic_mixture", "--precision", precision]
    assert main(["train", "wavenet", *options]) == 0
    model, _ = load_model_preset(tmp_path / "run")
    assert policies(model) == {"float32"}
    assert np.isfinite(model.generate(n_samples=10, seed=0)).all()

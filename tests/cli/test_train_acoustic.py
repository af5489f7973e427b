"""`keras-speech train` for each acoustic model beside Tacotron 2, from recordings to a voice."""

import csv
import json
import sys

import numpy as np
import pytest

import keras_speech as ks
from keras_speech import models
from keras_speech.cli.acoustic_recipes import RECIPES
from keras_speech.cli.main import main

TINY = {
    "fastspeech2": dict(
        channels=8, encoder_layers=1, decoder_layers=1, n_heads=0, filters=8, kernel_sizes=(3, 1),
        predictor_filters=8, predictor_layers=1,
    ),
    "tacotron": dict(
        reduction=4, embedding_channels=8, encoder_units=4, encoder_prenet_units=(8, 8),
        encoder_bank_size=2, prenet_units=(8, 8), attention_rnn_units=8, attention_units=8,
        decoder_units=8, decoder_layers=1, highway_layers=1,
    ),
    "transformer_tts": dict(
        reduction=4, channels=8, n_heads=2, encoder_blocks=1, decoder_blocks=2,
        feed_forward_units=8, encoder_convolutions=1, prenet_units=(8, 8), postnet_filters=8,
        postnet_layers=2,
    ),
    "neural_hmm": dict(
        reduction=2, states_per_token=1, encoder_channels=8, encoder_convolutions=1,
        prenet_units=(8, 8), lstm_units=8, hidden_units=8, std_floor=0.1,
    ),
}  # fmt: skip


@pytest.fixture
def train(corpus_directory, tmp_path, monkeypatch):
    """Runs `train MODEL` on the small corpus with a tiny model."""
    for module, config in TINY.items():
        monkeypatch.setattr(getattr(models, f"{module}_configs"), "SMALL", config)

    def run(model, *argv, epochs=1):
        options = ["--data", str(corpus_directory), "--out", str(tmp_path / "run")]
        options += ["--batch-size", "6", "--sample-rate", "16000", "--validation", "2"]
        return main(["train", model, *options, "--epochs", str(epochs), *argv])

    return run


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "tacotron2"])
def test_a_training_gives_a_voice_of_its_model(name, train, tmp_path):
    assert train(name, epochs=2) == 0
    out = tmp_path / "run"
    with open(out / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert all(np.isfinite(float(row[key])) for row in rows for key in ("loss", "val_loss"))
    assert len(list((out / "alignments").iterdir())) == 2

    voice = ks.Voice.from_preset(out / "voice")
    recipe = RECIPES[name]
    assert type(voice.acoustic_model).__name__ == recipe.class_name
    controls = {"pitch": 3.0, "energy": -6.0} if name == "fastspeech2" else {}
    speech = voice.speak("a bee", max_frames=24, **controls)
    assert speech.sample_rate == 16000 and np.isfinite(speech.samples).all()


@pytest.mark.parametrize("name", list(RECIPES))
def test_a_recipe_s_settings_are_those_of_its_model(name):
    recipe = RECIPES[name]
    for config in recipe.configs:
        settings = recipe.config(config)
        assert settings.items() >= recipe.fixed.items()
        takes = recipe.model_class().__init__.__code__.co_varnames
        assert {*settings, *recipe.options} <= {*takes}


def test_fastspeech2_is_told_the_spread_of_the_pitch(train, tmp_path):
    assert train("fastspeech2", "--plot-every", "0") == 0
    config = json.loads((tmp_path / "run" / "model_config.json").read_text())
    # Letters are tones at 150 + 60 * (1 to 5) Hz.
    assert np.log(200) < config["pitch_mean"] < np.log(460)
    assert config["pitch_scale"] > 0.1 and config["energy_scale"] > 0.1
    assert len(list((tmp_path / "run" / "features").iterdir())) == 16  # a mel and a pitch of each


def test_fastspeech2_without_a_tracker_says_what_to_install(train, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyworld", None)
    assert train("fastspeech2") == 1
    assert 'pip install "keras-speech[pitch]"' in capsys.readouterr().err


def test_options_of_other_models_are_refused(train, tmp_path, capsys):
    assert train("fastspeech2", "--reduction", "2") == 2
    assert "unrecognized arguments: --reduction 2" in capsys.readouterr().err
    assert train("neural-hmm", "--scheduled-sampling", "0.5") == 2
    assert not (tmp_path / "run").exists()


def test_word_spaces_have_no_state_of_their_own(train, tmp_path):
    assert train("neural-hmm", "--reduction", "1", "--plot-every", "0") == 0
    config = json.loads((tmp_path / "run" / "model_config.json").read_text())
    assert config["reduction"] == 1
    tokenizer = ks.text.CharacterTokenizer()
    assert [tokenizer.symbols[token] for token in config["stateless_tokens"]] == [" "]

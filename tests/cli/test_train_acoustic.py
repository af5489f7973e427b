"""`keras-speech train` for each acoustic model beside Tacotron 2, from recordings to a voice."""

import csv
import functools
import json
import sys

import numpy as np
import pytest

import keras_speech as ks
from cli.conftest import TINY_ACOUSTIC, acoustic_trainer, write_corpus
from keras_speech.cli.acoustic_recipes import RECIPES


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Returns the directory of a training of a model, which is made once."""
    directory = tmp_path_factory.mktemp("trained")
    corpus = write_corpus(directory / "corpus")
    more = {"neural-hmm": ["--reduction", "1"]}

    @functools.cache
    def train(name):
        with pytest.MonkeyPatch.context() as patch:
            run = acoustic_trainer(corpus, directory, patch)
            options = ["--plot-every", "2", *more.get(name, [])]
            assert run(name, *options, epochs=2, out=name) == 0
        return directory / name

    return train


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "tacotron2"])
def test_a_training_gives_a_voice_of_its_model(name, trained):
    out = trained(name)
    with open(out / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert all(np.isfinite(float(row[key])) for row in rows for key in ("loss", "val_loss"))
    assert len(list((out / "alignments").iterdir())) == 1
    assert len(list((out / "mels").iterdir())) == 1

    voice = ks.Voice.from_preset(out / "voice")
    recipe = RECIPES[name]
    assert type(voice.acoustic_model).__name__ == recipe.class_name
    assert getattr(voice.acoustic_model, "n_freqs", 0) == 0  # small ones learn mels alone
    controls = {"pitch": 3.0, "energy": -6.0} if name == "fastspeech2" else {}
    speech = voice.speak("a bee", max_frames=24, **controls)
    assert speech.sample_rate == 16000 and np.isfinite(speech.samples).all()


@pytest.mark.parametrize("name", list(RECIPES))
def test_a_recipe_s_settings_are_those_of_its_model(name):
    recipe = RECIPES[name]
    for config in recipe.configs:
        settings = recipe.config(config)
        takes = recipe.model_class().__init__.__code__.co_varnames
        assert {*settings, *recipe.options} <= {*takes}


def test_fastspeech2_is_told_the_spread_of_the_pitch(trained):
    out = trained("fastspeech2")
    config = json.loads((out / "model_config.json").read_text())
    # Letters are tones at 150 + 60 * (1 to 5) Hz.
    assert np.log(200) < config["pitch_mean"] < np.log(460)
    assert config["pitch_scale"] > 0.1 and config["energy_scale"] > 0.1
    assert len(list((out / "features").iterdir())) == 16  # a mel and a pitch of each


def test_fastspeech2_without_a_tracker_says_what_to_install(train_acoustic, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyworld", None)
    assert train_acoustic("fastspeech2") == 1
    assert 'pip install "keras-speech[pitch]"' in capsys.readouterr().err


def test_options_of_other_models_are_refused(train_acoustic, tmp_path, capsys):
    assert train_acoustic("fastspeech2", "--reduction", "2") == 2
    assert "unrecognized arguments: --reduction 2" in capsys.readouterr().err
    assert train_acoustic("neural-hmm", "--scheduled-sampling", "0.5") == 2
    assert not (tmp_path / "run").exists()


def test_tacotron_learns_linear_spectrograms_with_its_whole_settings(
    train_acoustic, tmp_path, monkeypatch
):
    tiny = {**TINY_ACOUSTIC["tacotron"], "encoder": "lstm", "cell": "lstm", "postnet": "lstm"}
    monkeypatch.setattr(ks.tacotron_configs, "LSTM", tiny)
    assert train_acoustic("tacotron", "--config", "lstm", "--plot-every", "0") == 0
    with open(tmp_path / "run" / "log.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    assert float(row["linear_loss"]) > 0

    voice = ks.Voice.from_preset(tmp_path / "run" / "voice")
    model, spec = voice.acoustic_model, voice.spec
    assert model.n_freqs == spec.n_freqs and (model.linear_mean, model.linear_scale) != (0, 1)
    said = model.generate(voice.tokenizer(["a bee"])[0], max_frames=8)
    sound = ks.LinearGriffinLim(spec, n_iter=1).generate(said["linear"], said["lengths"])
    assert np.isfinite(sound).all()
    assert voice.speak("a bee", max_frames=8).samples.size  # by its mels


def test_word_spaces_have_no_state_of_their_own(trained):
    config = json.loads((trained("neural-hmm") / "model_config.json").read_text())
    assert config["reduction"] == 1
    tokenizer = ks.text.CharacterTokenizer()
    assert [tokenizer.symbols[token] for token in config["stateless_tokens"]] == [" "]

"""The recipes of the bundled voices run, on a corpus of tones in the same layout."""

import json
import runpy
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_speech.data import write_wav
from keras_speech.models import fastspeech2_configs, tacotron2_configs
from keras_speech.voices import Voice, bundled_voices

EXAMPLES = Path(__file__).parents[2] / "examples"
TEXTS = {"a": "See me.", "b": "Be sure.", "c": "No way.", "d": "My cue."}
PHONES = {"a": "S IY M IY", "b": "B IY SH UH R", "c": "N OW W EY", "d": "M AY K Y UW"}

# Sizes in place of the recipes' own: the rest of their settings is as it is.
TINY = {
    fastspeech2_configs: dict(
        channels=8, encoder_layers=1, decoder_layers=1, filters=8, predictor_filters=8,
        predictor_layers=1,
    ),
    tacotron2_configs: dict(
        encoder_channels=8, encoder_convolutions=1, prenet_units=(8, 8), attention_lstm_units=8,
        decoder_lstm_units=8, attention_units=8, postnet_filters=8, postnet_layers=1,
    ),
}  # fmt: skip


@pytest.fixture
def corpus(tmp_path):
    directory = tmp_path / "corpus"
    (directory / "wavs").mkdir(parents=True)
    timed = []
    for metadata, take in (("metadata.csv", "1"), ("metadata_extra_takes.csv", "2")):
        lines = []
        for key, text in TEXTS.items():
            name, phones = f"{key}_{take}", PHONES[key].split()
            t = np.arange(len(phones) * 2205) / 22050  # 0.1 s a phone
            write_wav(directory / "wavs" / f"{name}.wav", 0.1 * np.sin(2 * np.pi * 220 * t), 22050)
            lines.append(f"{name}|{text}|{text}")
            times = [[phone, 10 * i, 10] for i, phone in enumerate(phones)]
            timed.append(json.dumps({"id": name, "phones": times}))
        (directory / metadata).write_text("\n".join(lines) + "\n")
    (directory / "phones.jsonl").write_text("\n".join(timed) + "\n")
    (directory / "train.txt").write_text("a_1\nb_1\nc_1\n")
    (directory / "val.txt").write_text("d_1\n")
    return directory


@pytest.fixture
def run(corpus, tmp_path, monkeypatch):
    """Calls a recipe with further arguments; it finds the tokenizer of the bundled voice."""
    out = tmp_path / "out"
    for configs, tiny in TINY.items():
        monkeypatch.setattr(configs, "SMALL", {**configs.SMALL, **tiny})

    def run_recipe(recipe, voice, *more):
        (card,) = [card for card in bundled_voices() if card["name"] == voice]
        # Rules learned from CMUdict take most of a minute: those of the bundled voice are the same.
        if not out.exists():
            shutil.copytree(Path(card["directory"]) / "tokenizer", out / "tokenizer")
        arguments = [recipe, "--data", str(corpus), "--out", str(out), *more]
        monkeypatch.setattr(sys, "argv", arguments)
        monkeypatch.syspath_prepend(EXAMPLES)
        runpy.run_path(str(EXAMPLES / recipe), run_name="__main__")
        return Voice.from_preset(out / "voice")

    return run_recipe


def test_the_fastspeech2_recipe_needs_no_phone_times(run, corpus, capsys):
    run("train_kathleen.py", "kathleen", "--epochs", "1")
    # Where there are some, its own are compared with them: the beginnings of 4 of 5 phones, and
    # the ends of those before the space and before the full stop.
    (figures,) = corpus.parent.glob("out/boundaries.json")
    assert json.loads(figures.read_text())["boundaries"] == 6
    figures.unlink()
    (corpus / "phones.jsonl").unlink()
    # Takes of the held-out prompt are not trained on.
    assert "6 recordings to train on, 1 to validate with" in capsys.readouterr().out
    voice = run("train_kathleen.py", "kathleen", "--epochs", "2")
    assert "Epoch 1/2" not in capsys.readouterr().out
    assert not figures.exists()
    assert voice.acoustic_model.aligner is None
    assert voice.tokenizer.stress and voice.tokenizer.vocabulary_size == 78


def test_the_tacotron2_recipe_trains_goes_on_and_saves_a_voice(run, capsys):
    recipe = ("train_kathleen_tacotron2.py", "kathleen-tacotron2")
    run(*recipe, "--epochs", "1", "--scheduled-sampling", "0")
    assert "6 recordings to train on, 1 to validate with" in capsys.readouterr().out
    voice = run(*recipe, "--epochs", "2")
    assert "Epoch 1/2" not in capsys.readouterr().out
    assert voice.acoustic_model.scheduled_sampling == 0.75
    assert voice.tokenizer.vocabulary_size == 48

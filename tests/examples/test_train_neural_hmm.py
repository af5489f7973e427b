"""The recipe of the neural HMM runs, on a corpus of tones in `kathleen`'s layout."""

import json
import runpy
import shutil
import sys
from pathlib import Path

import numpy as np

from keras_speech.data import write_wav
from keras_speech.models import neural_hmm_configs
from keras_speech.voices import Voice
from keras_speech.voices.presets import BUNDLED

EXAMPLES = Path(__file__).parents[2] / "examples"
TEXTS = {"a": "See me.", "b": "Be sure.", "c": "No way.", "d": "My cue."}
PHONES = {"a": "S IY M IY", "b": "B IY SH UH R", "c": "N OW W EY", "d": "M AY K Y UW"}
TINY = dict(encoder_channels=8, prenet_units=(8, 8), lstm_units=8, hidden_units=8)


def make_corpus(directory):
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


def test_the_recipe_trains_measures_and_goes_on(tmp_path, monkeypatch, capsys):
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    make_corpus(corpus)
    # Rules learned from CMUdict take most of a minute: those of the bundled voice are the same.
    shutil.copytree(BUNDLED / "kathleen-tacotron2" / "tokenizer", out / "tokenizer")
    small = dict(neural_hmm_configs.SMALL, **TINY)
    monkeypatch.setattr(neural_hmm_configs, "SMALL", small)
    monkeypatch.syspath_prepend(str(EXAMPLES))

    def run(epochs):
        arguments = ["--data", str(corpus), "--out", str(out), "--warm-epochs", "1"]
        monkeypatch.setattr(sys, "argv", ["recipe", *arguments, "--epochs", str(epochs)])
        runpy.run_path(str(EXAMPLES / "train_neural_hmm.py"), run_name="__main__")
        return capsys.readouterr().out

    said = run(1)
    assert said.count("epoch 1: ") == 2
    # M-AY, AY-K, K-Y, Y-UW, and the end of UW.
    assert json.loads((out / "boundaries.json").read_text())["boundaries"] == 5
    said = run(2)
    assert "epoch 1: " not in said and said.count("epoch 2: ") == 1
    model = Voice.from_preset(out / "voice").acoustic_model
    # Word spaces have no states, and in the end the model hears what it said.
    assert len(model.stateless_tokens) == 1 and model.data_dropout == small["data_dropout"]

"""The recipes of `piano` and of a WaveNet vocoder run, on small corpora in the same layouts."""

import runpy
import sys
from pathlib import Path

import numpy as np

import keras_speech as ks
from note_tones import write_notes

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(monkeypatch, recipe, data, out, *more):
    arguments = ["--data", str(data), "--out", str(out), "--steps-per-epoch", "1", *more]
    monkeypatch.setattr(sys, "argv", [recipe, *arguments])
    runpy.run_path(str(EXAMPLES / recipe), run_name="__main__")


def test_piano_trains_goes_on_and_saves_a_model(tmp_path, monkeypatch, capsys):
    data = write_notes(tmp_path / "notes", range(48, 78, 3), seconds=1.0, layers=("high",))
    for epochs in ("1", "2"):
        run(monkeypatch, "train_piano.py", data, tmp_path / "out", "--epochs", epochs)
    # The second call goes on where the first one ended.
    printed = capsys.readouterr().out
    assert "Epoch 2/2" in printed and "Epoch 1/2" not in printed
    model, card = ks.models.load_model_preset(tmp_path / "out" / "model")
    assert card["condition"]["kind"] == "note_roll"
    assert model.local_channels == ks.data.note_roll_channels(48, 76, tones=True)


def test_vocoder_trains_and_saves_a_model(tmp_path, monkeypatch):
    directory = tmp_path / "voice"
    (directory / "wavs").mkdir(parents=True)
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(11025) / 22050)
    ks.data.write_wav(directory / "wavs" / "a.wav", tone, 22050)
    ks.data.write_wav(directory / "wavs" / "b.wav", tone, 22050)
    (directory / "metadata.csv").write_text("a|See me.|See me.\nb|Be sure.|Be sure.\n")
    (directory / "train.txt").write_text("a\n")
    small = ("--epochs", "1", "--batch-size", "1", "--segment-frames", "2")
    run(monkeypatch, "train_wavenet_vocoder.py", directory, tmp_path / "out", *small)
    model = ks.WaveNet.from_preset(tmp_path / "out" / "model")
    mel = np.full((1, 3, 80), -6.0, "float32")
    assert model.generate(mel=mel).shape == (1, 3 * 256)

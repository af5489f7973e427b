"""The recipe of the bundled vocoder runs, both phases of it, on a corpus of one tone."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

import keras_speech as ks

RECIPE = Path(__file__).parents[2] / "examples" / "train_kathleen_vocoder.py"


# XLA takes a minute for five discriminators. The generator alone is compiled as the recipe says.
@pytest.mark.parametrize(
    "all_compiled", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["warm", "all"]
)
def test_vocoder_trains_in_both_phases_and_saves_a_model(
    all_compiled, tmp_path, monkeypatch, capsys
):
    tiny = {"channels": 8, "hidden_channels": 8, "n_blocks": 1}
    monkeypatch.setattr(ks.vocos_configs, "SMALL", {**ks.vocos_configs.SMALL, **tiny})
    original, compiled = ks.training.train, []

    def train(model, batches, **options):
        if model.adversarial and not all_compiled:
            options["jit_compile"] = False
        compiled.append(options["jit_compile"])
        return original(model, batches, **options)

    monkeypatch.setattr(ks.training, "train", train)
    directory = tmp_path / "voice"
    (directory / "wavs").mkdir(parents=True)
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(22050) / 22050)
    for name in ("a", "b"):
        ks.data.write_wav(directory / "wavs" / f"{name}.wav", tone, 22050)
    (directory / "metadata.csv").write_text("a|See me.|See me.\nb|Be sure.|Be sure.\n")
    (directory / "train.txt").write_text("a\n")

    arguments = "--steps-per-epoch 1 --batch-size 1 --segment-frames 16 --warm-epochs 1 --epochs 1"
    arguments = ["--data", str(directory), "--out", str(tmp_path / "out"), *arguments.split()]
    monkeypatch.setattr(sys, "argv", [RECIPE.name, *arguments])
    runpy.run_path(str(RECIPE), run_name="__main__")

    assert compiled == [True, all_compiled]
    printed = capsys.readouterr().out
    assert "phase:" in printed and "real_accuracy:" in printed
    model = ks.Vocos.from_preset(tmp_path / "out" / "model")
    assert not model.discriminators and (model.mel_rounds, model.phase_rounds) == (10, 32)
    assert model.generate(np.full((1, 3, 80), -6.0, "float32")).shape == (1, 3 * 256)

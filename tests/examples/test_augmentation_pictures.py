"""The pictures of the docs can be drawn again, of any recording."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_speech.data import write_wav

ROOT = Path(__file__).parents[2]


def test_the_docs_show_the_pictures_that_the_script_draws():
    script = runpy.run_path(str(ROOT / "examples" / "augmentation_pictures.py"))
    drawn = {f"augmentation_{name}.png" for name, *_ in script["pictures"](np.zeros(1))}
    assert drawn == {path.name for path in (ROOT / "docs" / "pictures").glob("augmentation_*.png")}
    page = (ROOT / "docs" / "augmentation.md").read_text(encoding="utf-8")
    assert all(f"(pictures/{name})" in page for name in drawn)


@pytest.mark.slow
def test_the_script_draws_every_picture(tmp_path, monkeypatch):
    tone = 0.3 * np.sin(2 * np.pi * 200 * np.arange(22050) / 22050)
    write_wav(tmp_path / "tone.wav", tone, 22050)
    script = ROOT / "examples" / "augmentation_pictures.py"
    audio, out = str(tmp_path / "tone.wav"), str(tmp_path / "out")
    monkeypatch.setattr(sys, "argv", [str(script), "--audio", audio, "--out", out])
    runpy.run_path(str(script), run_name="__main__")
    drawn = list((tmp_path / "out").glob("augmentation_*.png"))
    assert len(drawn) == 8 and all(path.stat().st_size > 1000 for path in drawn)

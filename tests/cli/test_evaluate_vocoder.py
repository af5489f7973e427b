"""`keras-speech evaluate --vocoder`, without a voice."""

import inspect
import json

import keras
import numpy as np
import pytest

import keras_speech as ks
from keras_speech.cli.main import main
from keras_speech.evaluation import vocoder_evaluation


@pytest.fixture
def calls(monkeypatch):
    """Keeps what `evaluate_vocoder` is called with; the measures have tests elsewhere."""
    calls = []
    signature = inspect.signature(vocoder_evaluation.evaluate_vocoder)

    def evaluate_vocoder(*args, **kwargs):
        calls.append(signature.bind(*args, **kwargs).arguments)
        kwargs["progress"](1, 1)
        out = kwargs["output_directory"]
        return {"files": {"json": out / "evaluation.json", "html": out / "evaluation.html"}}

    monkeypatch.setattr(ks.evaluation, "evaluate_vocoder", evaluate_vocoder)
    monkeypatch.setattr(ks.evaluation, "format_table", lambda result: "the table")
    return calls


def test_arguments_reach_the_evaluation(calls, corpus_directory, tmp_path, capsys):
    (tmp_path / "split.txt").write_text("clip1\nclip2\n")
    options = ["--split", str(tmp_path / "split.txt"), "--out", str(tmp_path / "report")]
    options += ["--level-db", "-3", "--limit", "5", "--seed", "3", "--no-perceptual"]
    command = ["evaluate", "--vocoder", "griffin-lim", "--data", str(corpus_directory)]
    assert main([*command, *options]) == 0
    (call,) = calls
    assert isinstance(call["vocoder"], ks.models.GriffinLim)
    assert len(call["recordings"]) == 8 and list(call["ids"]) == ["clip1", "clip2"]
    assert (call["level"], call["limit"], call["seed"]) == (-3.0, 5, 3)
    assert call["name"] == "Griffin-Lim" and call["with_perceptual"] is False
    assert call["output_directory"] == tmp_path / "report"
    table, html, json_line = capsys.readouterr().out.splitlines()
    assert table == "the table"
    assert html.startswith(str(tmp_path / "report" / "evaluation.html"))
    assert json_line.startswith(str(tmp_path / "report" / "evaluation.json"))


@pytest.mark.parametrize("form", ["directory", "file"])
def test_a_saved_model_is_loaded(form, calls, tones_directory, tmp_path):
    """A folder without a table is taken as one; a model's own temperature is kept."""
    keras.utils.set_random_seed(0)
    spec = ks.AudioSpec(
        sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000
    )
    model = ks.models.WaveNet(
        n_cycles=1,
        layers_per_cycle=2,
        residual_channels=4,
        gate_channels=4,
        skip_channels=4,
        spec=spec,
        upsampler_channels=4,
    )
    model({"samples": np.zeros((1, 64), "float32"), "mel": np.zeros((1, 1, 20), "float32")})
    path = ks.models.save_model_preset(model, tmp_path / "tiny", temperature=0.7)
    if form == "file":
        path = path / "model.keras"
    assert main(["evaluate", "--vocoder", str(path), "--data", str(tones_directory)]) == 0
    (call,) = calls
    assert isinstance(call["vocoder"], ks.models.WaveNet)
    assert len(call["recordings"]) == 4 and call["ids"] is None
    assert call["name"] == ("tiny" if form == "directory" else "model")
    temperature = 0.7 if form == "directory" else 1.0
    assert call["options"] == {"speaker": None, "temperature": temperature}


@pytest.mark.parametrize(
    "options, message",
    [
        ([], "Give a VOICE, a --vocoder, or both"),
        (["--vocoder", "nobody"], "--vocoder `nobody` must be"),
        (["--vocoder", "griffin-lim", "--sentences", "x"], "--sentences is for voices"),
        (["--vocoder", "griffin-lim", "--beside", "x"], "--beside and --no-free-lm are for voices"),
        (["--vocoder", "griffin-lim", "--speaker", "1"], "--speaker is for models"),
        (["kathleen"], "--split is needed with VOICE"),
        (["kathleen", "--level-db", "-3"], "are for a vocoder alone"),
        (["kathleen", "--split", "x", "--layout", "folder"], "has no texts"),
    ],
    ids=str,
)
def test_wrong_use_exits_with_2(options, message, calls, corpus_directory, capsys):
    assert main(["evaluate", "--data", str(corpus_directory), *options]) == 2
    assert message in capsys.readouterr().err
    assert calls == []


@pytest.mark.slow
def test_griffin_lim_is_evaluated(tones_directory, tmp_path, capsys):
    command = ["evaluate", "--vocoder", "griffin-lim", "--data", str(tones_directory)]
    assert main([*command, "--limit", "1", "--out", str(tmp_path / "report")]) == 0
    assert "Vocoder 'Griffin-Lim' on the mels of 1 recordings" in capsys.readouterr().out
    result = json.loads((tmp_path / "report" / "evaluation.json").read_text())
    assert result["totals"]["vocoder"]["real_time_factor"] > 0

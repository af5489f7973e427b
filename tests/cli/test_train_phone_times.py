"""`keras-speech train --phone-times`: durations that somebody else measured."""

import csv
import json

import numpy as np
import pytest

import keras_speech as ks
from cli.conftest import SENTENCES, TINY_ACOUSTIC, WORDS


@pytest.fixture
def textgrids(tmp_path):
    """A TextGrid for each recording; the phones share its time equally."""
    directory = tmp_path / "aligned"
    directory.mkdir()
    for number, sentence in enumerate(SENTENCES):
        names = " ".join(WORDS[word] for word in sentence.split()).split()
        seconds = 0.1 * len(sentence)
        ends = np.linspace(0, seconds, len(names) + 1)
        lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', f"0 {seconds} <exists> 1"]
        lines.append(f'"IntervalTier" "phones" 0 {seconds} {len(names)}')
        lines += [f'{a} {b} "{n}"' for a, b, n in zip(ends[:-1], ends[1:], names, strict=True)]
        (directory / f"clip{number}.TextGrid").write_text("\n".join(lines) + "\n")
    return directory


@pytest.fixture
def character_times(tmp_path):
    """A tenth of a second for each character, as `keras-speech align` writes them."""
    path = tmp_path / "times.jsonl"
    rows = [
        {
            "id": f"clip{number}",
            "symbols": list(sentence),
            "durations": [10] * len(sentence),
            "hop_seconds": 0.01,
        }
        for number, sentence in enumerate(SENTENCES)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def log(directory):
    with open(directory / "log.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_fastspeech2_trains_without_its_aligner(train_acoustic, cmudict, textgrids, tmp_path):
    options = ["--tokenizer", "phones", "--phone-times", str(textgrids)]
    assert train_acoustic("fastspeech2", *options) == 0
    (row,) = log(tmp_path / "run")
    assert float(row["duration_loss"]) > 0 and not float(row.get("forward_sum_loss") or 0)
    voice = ks.Voice.from_preset(tmp_path / "run" / "voice")
    assert voice.acoustic_model.aligner is None
    assert np.isfinite(voice.speak("a bee", max_frames=24).samples).all()


def test_attention_is_held_to_them_even_where_it_was_published_without(
    train_acoustic, character_times, tmp_path, monkeypatch
):
    tiny = {**TINY_ACOUSTIC["tacotron"], "postnet": "lstm", "attention_supervision_weight": 0.0}
    monkeypatch.setattr(ks.tacotron_configs, "PUBLISHED", tiny)
    options = ["--config", "published", "--plot-every", "0"]
    assert train_acoustic("tacotron", *options, "--phone-times", str(character_times)) == 0
    (row,) = log(tmp_path / "run")
    assert float(row["attention_supervision_loss"]) > 0
    assert float(row["val_attention_supervision_loss"]) > 0
    assert float(row["linear_loss"]) > 0


def test_recordings_without_times_are_named_or_skipped(
    train_acoustic, stand_in, cmudict, textgrids, tmp_path, capsys
):
    train, _ = ks.data.ljspeech(tmp_path / "corpus").split(2)
    (textgrids / f"{train[0].id}.TextGrid").unlink()
    options = ["--tokenizer", "phones", "--phone-times", str(textgrids), "--plot-every", "0"]
    assert train_acoustic("tacotron2", *options) == 1
    error = capsys.readouterr().err
    assert f"Recording {train[0].where}: there are no times of it in {textgrids}." in error
    assert not (tmp_path / "run").exists()
    assert train_acoustic("tacotron2", *options, "--on-error", "skip") == 0
    assert f"keras-speech: skipped {train[0].where}: " in capsys.readouterr().err


def test_times_of_other_tokens_are_named_and_nothing_made(
    train_acoustic, cmudict, character_times, tmp_path, capsys
):
    options = ["--tokenizer", "phones", "--phone-times", str(character_times)]
    assert train_acoustic("fastspeech2", *options) == 1
    error = capsys.readouterr().err
    assert f"{character_times}, line " in error
    assert "`symbols` must be the tokens of its text" in error
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "model, argv, message",
    [
        ("fastspeech2", ["--phone-times", "no.json"], "--phone-times `no.json` does not exist."),
        ("fastspeech2", ["--phone-times", "{here}/times.txt"], "TextGrids, or end in .json or"),
        ("fastspeech2", ["--phone-times", "{here}"], "which need --tokenizer phones."),
        (
            "tacotron2",
            ["--tokenizer", "phones", "--phone-times", "{here}", "--trim-db", "-40"],
            "so --trim-db cannot cut it.",
        ),
        ("neural-hmm", ["--phone-times", "{here}"], "unrecognized arguments: --phone-times"),
    ],
    ids=str,
)
def test_wrong_use_exits_with_2_and_leaves_nothing(
    model, argv, message, train_acoustic, tmp_path, capsys
):
    (tmp_path / "times.txt").touch()
    assert train_acoustic(model, *(each.format(here=tmp_path) for each in argv)) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()

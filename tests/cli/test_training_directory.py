"""A training's directory is made, found again or refused; nothing of others is touched."""

import os

import pytest

from keras_speech.cli import training_directory
from keras_speech.cli.errors import UsageError

SETTINGS = {"data": "/corpus", "seed": 0, "epochs": 3, "reduction": None}


def test_checking_makes_nothing(tmp_path):
    training_directory.check(tmp_path / "a" / "b", SETTINGS)
    assert list(tmp_path.iterdir()) == []


def test_begun_training_goes_on_with_other_epochs(tmp_path):
    training_directory.begin(tmp_path / "run", SETTINGS)
    training_directory.check(tmp_path / "run", {**SETTINGS, "epochs": 9})


def test_other_settings_are_refused_with_both_values(tmp_path):
    training_directory.begin(tmp_path / "run", SETTINGS)
    message = "--reduction was not given and is 2; --seed was 0 and is 1"
    with pytest.raises(UsageError, match=message):
        training_directory.check(tmp_path / "run", {**SETTINGS, "seed": 1, "reduction": 2})


def test_empty_directory_is_taken(tmp_path):
    training_directory.check(tmp_path, SETTINGS)


def test_foreign_directory_and_file_are_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(UsageError, match="holds something that is no training of ours"):
        training_directory.check(tmp_path, SETTINGS)
    with pytest.raises(UsageError, match="is a file"):
        training_directory.check(tmp_path / "thesis.tex", SETTINGS)
    with pytest.raises(UsageError, match="cannot be made: `.*thesis.tex` is no directory"):
        training_directory.check(tmp_path / "thesis.tex" / "run", SETTINGS)


@pytest.mark.parametrize("inside", [False, True], ids=["itself", "parent"])
def test_directory_that_cannot_be_written_is_refused(tmp_path, monkeypatch, inside):
    """The tests may run as root, who may write everywhere; so the answer is made up."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(UsageError, match="--out .* cannot be"):
        training_directory.check(tmp_path / "run" if inside else tmp_path, SETTINGS)


def test_damaged_settings_are_named(tmp_path):
    (tmp_path / "training.json").write_text("{")
    with pytest.raises(UsageError, match=r"training.json` is damaged"):
        training_directory.check(tmp_path, SETTINGS)


def test_model_config_is_made_once(tmp_path):
    assert training_directory.model_config(tmp_path, lambda: {"mel_mean": -5.5}) == {
        "mel_mean": -5.5
    }
    assert training_directory.model_config(tmp_path, lambda: {"mel_mean": 1.0}) == {
        "mel_mean": -5.5
    }
    assert os.listdir(tmp_path) == ["model_config.json"]

"""Files of options are read whole, run nothing, and name what is wrong with them."""

import sys

import pytest

from keras_speech.cli import config_file

pytest.importorskip("yaml")


def written(tmp_path, text, name="options.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_json_and_yaml_say_the_same(tmp_path):
    expected = {"epochs": 3, "learning_rate": 1e-3, "validation": None, "lookahead": True}
    text = '{"epochs": 3, "learning-rate": 0.001, "validation": null, "lookahead": true}'
    assert config_file.read(written(tmp_path, text, "options.json")) == expected
    text = "# ours\nepochs: 3\nlearning-rate: 0.001\nvalidation: null\nlookahead: true\n"
    assert config_file.read(written(tmp_path, text)) == expected
    assert config_file.read(written(tmp_path, "", "options.yml")) == {}


@pytest.mark.parametrize(
    "text",
    [
        "epochs: !!python/object/apply:os.system ['touch PWNED']",
        "epochs: !!python/name:os.system",
        "!!python/object/new:dict {epochs: 3}",
    ],
)
def test_nothing_in_a_file_runs(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="could not determine a constructor|must hold options"):
        config_file.read(written(tmp_path, text))
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize(
    "name, text, message",
    [
        ("a.json", '{"epochs": 1, "seed": 0, "epochs": 2}', "has `epochs` twice"),
        ("a.yaml", "epochs: 1\nseed: 0\nepochs: 2", "has `epochs` twice"),
        ("a.yaml", "batch-size: 1\nbatch_size: 2", "has `batch_size` twice"),
        ("a.json", "[1]", "must be a JSON object"),
        ("a.json", "{", "is no JSON: Expecting property name"),
        ("a.json", "[" * 100_000, "is no JSON"),
        ("a.yaml", "- epochs", "must hold options and their values"),
        ("a.yaml", "epochs: [", "is no YAML that can be read"),
        ("a.yaml", "1: 2", "names must be text, not 1"),
        ("a.toml", "epochs = 1", "must end in .json, .yaml or .yml"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, name, text, message):
    path = written(tmp_path, text, name)
    with pytest.raises(ValueError, match=message) as error:
        config_file.read(path)
    assert str(path) in str(error.value)


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(ValueError, match="nothing.json` cannot be read: No such file"):
        config_file.read(tmp_path / "nothing.json")
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ValueError, match="a.json` is not UTF-8 text"):
        config_file.read(tmp_path / "a.json")


def test_yaml_without_pyyaml_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(ValueError, match="JSON needs nothing"):
        config_file.read(written(tmp_path, "epochs: 1"))

"""The list of bundled voices."""

import json
import shutil

import pytest

import keras_speech
from keras_speech.cli import voices
from keras_speech.cli.errors import UsageError
from keras_speech.cli.main import main


@pytest.fixture
def installation(tmp_path, monkeypatch, voice_directory):
    """A package directory that holds one voice, with metadata."""
    preset = tmp_path / "voices" / "presets" / "tiny"
    shutil.copytree(voice_directory, preset)
    fields = json.loads((preset / "voice.json").read_text())
    fields["metadata"] = {"language": "en", "license": "CC0", "description": "Two tones."}
    (preset / "voice.json").write_text(json.dumps(fields))
    monkeypatch.setattr(keras_speech, "__file__", str(tmp_path / "__init__.py"))
    return preset


def test_table_has_language_licence_size_and_description(installation, capsys):
    assert main(["voices"]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split() == ["NAME", "LANGUAGE", "LICENCE", "SIZE", "SPEAKERS", "DESCRIPTION"]
    # As the table does it: bytes of all files, in megabytes of 10^6 bytes.
    size = sum(path.stat().st_size for path in installation.rglob("*") if path.is_file())
    expected = ["tiny", "en", "CC0", f"{size / 1e6:.1f}", "MB", "2", "Two", "tones."]
    assert row.split() == expected


def test_json_is_json(installation, capsys):
    assert main(["voices", "--json"]) == 0
    (card,) = json.loads(capsys.readouterr().out)
    assert card["name"] == "tiny" and card["speakers"] == ["ann", "7"]


def test_list_equals_that_of_the_library():
    """The command reads the files itself, so as not to load Keras."""
    theirs = keras_speech.voices.bundled_voices()
    ours = voices.bundled_cards()
    for key in ("name", "directory", "speakers", "n_bytes"):
        assert [card[key] for card in ours] == [card[key] for card in theirs]


def test_unknown_voice_is_refused_with_the_known_ones(installation):
    voices.require_voice("tiny", option="--voice")
    voices.require_voice(str(installation), option="--voice")
    with pytest.raises(UsageError, match=r"--voice `tony` is neither .*\(tiny\)"):
        voices.require_voice("tony", option="--voice")


@pytest.mark.parametrize(
    "given, expected", [(None, None), ("ann", "ann"), ("1", 1), ("7", "7"), ("bob", "bob")]
)
def test_speaker_is_a_name_before_it_is_a_number(given, expected):
    class Voice:
        speakers = ("ann", "7")

    assert voices.speaker_of(Voice, given) == expected

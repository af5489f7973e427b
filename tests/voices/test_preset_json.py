import json
import re

import pytest

from keras_speech.voices import preset_json

FIELDS = {
    "name": "ann",
    "spec": {},
    "tokenizer": {},
    "acoustic_model": "acoustic.keras",
    "vocoder": "vocoder.keras",
    "weights_dtype": "float32",
    "speakers": None,
    "level_db": -20.0,
    "peak": 0.95,
    "pauses": {"\n": 1.0},
    "metadata": {"description": "Stimme für alle"},
}


@pytest.fixture
def change(tmp_path):
    """A function that writes a good file with some fields changed (`...` takes one away)."""
    preset_json.write(tmp_path, FIELDS)

    def write(**changes):
        path = tmp_path / "voice.json"
        fields = {**json.loads(path.read_text(encoding="utf-8")), **changes}
        fields = {key: value for key, value in fields.items() if value is not ...}
        path.write_text(json.dumps(fields), encoding="utf-8")
        return tmp_path

    return write


def test_what_is_written_is_read(change):
    fields = preset_json.read(change())
    assert fields == {"format": "keras_speech.voice", "format_version": 1, **FIELDS}


def test_fields_of_later_writers_are_passed_over(change):
    assert preset_json.read(change(mood="sunny"))["name"] == "ann"


@pytest.mark.parametrize(
    "name",
    [
        "../acoustic.keras",
        "/etc/acoustic.keras",
        "sub/acoustic.keras",
        "..\\acoustic.keras",
        "C:acoustic.keras",
        ".hidden.keras",
        "acoustic.keras\n",
        "acoustic.h5",
        "hf:..keras/../x.keras",
        "",
    ],
)
def test_file_outside_the_directory_is_refused(change, name):
    with pytest.raises(ValueError, match="`vocoder` in .*voice.json.* must be the plain name"):
        preset_json.read(change(vocoder=name))


@pytest.mark.parametrize("field", sorted({*FIELDS, "format_version"}))
def test_missing_field_is_named(change, field):
    with pytest.raises(ValueError, match=f"`{field}` in .*voice.json"):
        preset_json.read(change(**{field: ...}))


@pytest.mark.parametrize(
    "field, value",
    [
        ("name", 5),
        ("spec", []),
        ("speakers", "ann"),
        ("peak", True),
        ("level_db", "loud"),
        ("acoustic_model", None),
        ("format_version", "1"),
        ("format_version", 0),
    ],
)
def test_wrong_type_is_named_with_its_value(change, field, value):
    with pytest.raises(
        ValueError, match=f"`{field}` in .*must be .*Received: {re.escape(repr(value))}"
    ):
        preset_json.read(change(**{field: value}))


def test_newer_format_is_refused(change):
    with pytest.raises(ValueError, match="newer keras_speech.*up to `format_version` 1.*: 2"):
        preset_json.read(change(format_version=2))


@pytest.mark.parametrize("text", ["", "{", "[]", "5", '{"format": "other"}', "[" * 100_000])
def test_other_content_names_the_file(tmp_path, text):
    (tmp_path / "voice.json").write_text(text)
    with pytest.raises(ValueError, match="voice.json"):
        preset_json.read(tmp_path)


def test_bytes_that_are_no_text_name_the_file(tmp_path):
    (tmp_path / "voice.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="voice.json.*cannot be read"):
        preset_json.read(tmp_path)


def test_missing_file_says_what_a_voice_holds(tmp_path):
    with pytest.raises(ValueError, match="voice.json is missing; a voice directory holds"):
        preset_json.read(tmp_path)

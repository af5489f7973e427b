import json
import os

import numpy as np
import pytest

from keras_speech.text import CharacterTokenizer
from keras_speech.voices import Voice, bundled_voices, presets

TEXT = "Hello there. How are you?"


@pytest.mark.parametrize(
    "weights_dtype, tolerance", [("float32", 0), ("float16", 2e-3), ("int8", 2e-2)]
)
def test_saved_voice_speaks_the_same(make_voice, tmp_path, weights_dtype, tolerance):
    voice = make_voice(
        name="ann",
        tokenizer=CharacterTokenizer(" abcdefghijklmnopqrstuvwxyz.?", None, lowercase=True),
        level_db=None,
        peak=0.8,
        pauses={".": 1.0},
        metadata={"license": "CC0", "credits": ["Änne"]},
    )
    returned = voice.save_to_preset(tmp_path / "ann", weights_dtype=weights_dtype)
    assert returned == tmp_path / "ann"
    loaded = Voice.from_preset(str(tmp_path / "ann"))
    for name in ("name", "spec", "speakers", "level_db", "peak", "pauses", "metadata"):
        assert getattr(loaded, name) == getattr(voice, name)
    assert loaded.tokenizer.get_config() == voice.tokenizer.get_config()
    np.testing.assert_allclose(
        loaded.speak(TEXT).samples, voice.speak(TEXT).samples, atol=tolerance
    )


def test_speakers_are_kept(make_voice, tmp_path):
    voice = make_voice(model={"n_speakers": 2}, speakers=["ann", "bob"])
    voice.save_to_preset(tmp_path / "both")
    assert Voice.from_preset(tmp_path / "both").speakers == ("ann", "bob")


def test_float16_voice_is_half_as_large_and_int8_a_quarter(make_voice, tmp_path):
    voice = make_voice(model={"width": 200})
    sizes = {}
    for dtype in ("float32", "float16", "int8"):
        directory = voice.save_to_preset(tmp_path / dtype, weights_dtype=dtype)
        sizes[dtype] = sum(file.stat().st_size for file in directory.iterdir())
    weights = 4 * voice.acoustic_model.count_params()
    # What halves is the weights; the descriptions around them are the same.
    assert abs(sizes["float32"] - sizes["float16"] - weights / 2) < 0.01 * weights
    # A byte for each, and here, with 36 weights to a channel, one more for every 9 of them.
    assert sizes["float32"] - sizes["int8"] > 0.7 * weights


def test_directory_holds_what_its_description_says(voice, tmp_path):
    voice.save_to_preset(tmp_path / "voice")
    assert sorted(os.listdir(tmp_path / "voice")) == [
        "acoustic.keras",
        "vocoder.keras",
        "voice.json",
    ]
    assert os.listdir(tmp_path) == ["voice"]


def test_unknown_dtype_is_refused(voice, tmp_path):
    with pytest.raises(ValueError, match="`weights_dtype` must be .*Received: .*'int4'"):
        voice.save_to_preset(tmp_path / "voice", weights_dtype="int4")
    assert os.listdir(tmp_path) == []


def test_existing_directory_is_kept_unless_told(voice, make_voice, tmp_path):
    voice.save_to_preset(tmp_path / "voice")
    with pytest.raises(ValueError, match="`directory` must not exist or be empty"):
        voice.save_to_preset(tmp_path / "voice")
    make_voice(name="new").save_to_preset(tmp_path / "voice", overwrite=True)
    assert Voice.from_preset(tmp_path / "voice").name == "new"


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError])
def test_interrupted_save_leaves_nothing_behind(voice, tmp_path, monkeypatch, failure):
    def fail(*arguments, **options):
        raise failure("stop")

    monkeypatch.setattr(voice.vocoder, "save", fail)
    with pytest.raises(failure):
        voice.save_to_preset(tmp_path / "deep" / "voice")
    assert os.listdir(tmp_path) == []


def test_place_that_cannot_be_written_is_named(voice, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="Received: directory='.*file/voice'"):
        voice.save_to_preset(tmp_path / "file" / "voice")
    assert os.listdir(tmp_path) == ["file"]


def test_unknown_name_lists_bundled_voices_and_what_a_directory_holds(tmp_path, monkeypatch):
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "voice.json").write_text("{}")
    monkeypatch.setattr(presets, "BUNDLED", tmp_path)
    with pytest.raises(ValueError) as error:
        Voice.from_preset("eve")
    for part in ("(ann)", "voice.json", "Received: preset='eve'"):
        assert part in str(error.value)


@pytest.mark.parametrize("preset", [None, 5, b"ann"])
def test_preset_that_is_no_name_is_refused(preset):
    with pytest.raises(ValueError, match="`preset` must be a voice's name or a directory"):
        Voice.from_preset(preset)


@pytest.mark.parametrize("name", ["acoustic.keras", "vocoder.keras", "voice.json"])
@pytest.mark.parametrize("damage", ["missing", "empty"])
def test_missing_or_damaged_file_is_named(voice, tmp_path, name, damage):
    path = voice.save_to_preset(tmp_path / "voice") / name
    path.unlink() if damage == "missing" else path.write_bytes(b"")
    with pytest.raises(ValueError, match=name):
        Voice.from_preset(tmp_path / "voice")


@pytest.mark.parametrize(
    "field, value, message",
    [
        ("spec", {"sample_rate": -1}, "spec: `sample_rate` must be"),
        ("spec", {"color": 1}, "spec: .*color"),
        ("tokenizer", {"class_name": "os.system", "config": {}}, "tokenizer: .*os.system"),
        ("tokenizer", {"class_name": "CharacterTokenizer", "config": {"x": 1}}, "tokenizer: .*x"),
        ("peak", 7, "voice: `peak` must be"),
        ("speakers", [1, 2], "voice: `speakers` must be"),
    ],
)
def test_bad_field_is_named_with_its_file(voice, tmp_path, field, value, message):
    path = voice.save_to_preset(tmp_path / "voice") / "voice.json"
    fields = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**fields, field: value}), encoding="utf-8")
    with pytest.raises(ValueError, match=f"voice.json', {message}"):
        Voice.from_preset(tmp_path / "voice")


def test_bundled_voices_have_cards(make_voice, tmp_path, monkeypatch):
    monkeypatch.setattr(presets, "BUNDLED", tmp_path / "none")
    assert bundled_voices() == []
    monkeypatch.setattr(presets, "BUNDLED", tmp_path)
    for name in ("bob", "ann"):
        make_voice(name=name, metadata={"license": "CC0"}).save_to_preset(tmp_path / name)
    (tmp_path / "__pycache__").mkdir()
    cards = bundled_voices()
    assert [(card["name"], card["license"]) for card in cards] == [("ann", "CC0"), ("bob", "CC0")]
    directory = tmp_path / "ann"
    assert cards[0]["n_bytes"] == sum(file.stat().st_size for file in directory.iterdir())
    assert Voice.from_preset("bob").name == "bob"

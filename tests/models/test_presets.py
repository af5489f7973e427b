"""A model comes back from its directory as it was, with what there is to know about it."""

import json
import os

import numpy as np
import pytest

from keras_speech.models import GriffinLim, model_files, presets
from keras_speech.models.presets import bundled_models, load_model_preset, save_model_preset
from models.fake_wave import SPEC, FakeWave

ROLL = {"kind": "note_roll", "lowest": 36, "highest": 96, "hop_length": 160}


@pytest.fixture
def saved(tmp_path):
    """The directory of a saved model."""
    return save_model_preset(FakeWave(), tmp_path / "noise", description="noise", license="CC0")


def test_model_and_card_come_back(tmp_path):
    model = FakeWave(sample_rate=16000, n_speakers=2, local_channels=67, hop_length=160)
    model.level.assign(0.25)
    directory = save_model_preset(
        model,
        tmp_path / "a" / "duo",
        description="two pianos",
        license="CC0",
        condition=ROLL,
        speakers=["left", "right"],
        temperature=0.5,
        metadata={"credits": ["Änne"]},
    )
    assert directory == tmp_path / "a" / "duo"
    assert sorted(os.listdir(directory)) == ["model.json", "model.keras"]
    loaded, card = load_model_preset(str(directory))
    np.testing.assert_array_equal(loaded.generate(100, seed=3), model.generate(100, seed=3))
    assert card == {
        "name": "duo",
        "kind": "FakeWave",
        "sample_rate": 16000,
        "description": "two pianos",
        "license": "CC0",
        "condition": ROLL,
        "speakers": ["left", "right"],
        "temperature": 0.5,
        "metadata": {"credits": ["Änne"]},
        "weights_dtype": "float32",
    }


def test_mel_condition_is_that_of_the_model(tmp_path):
    save_model_preset(FakeWave(spec=SPEC), tmp_path)
    model, card = load_model_preset(tmp_path)
    assert card["condition"] == {"kind": "mel", "spec": SPEC.to_dict()}
    assert model.spec == SPEC


def test_file_alone_is_loaded_with_what_the_model_knows(tmp_path):
    model = FakeWave(n_speakers=2, spec=SPEC)
    model_files.save_model(model, tmp_path / "noise.keras")
    loaded, card = load_model_preset(tmp_path / "noise.keras")
    assert isinstance(loaded, FakeWave)
    assert (card["name"], card["kind"], card["sample_rate"]) == ("noise", "FakeWave", 8000)
    assert card["speakers"] == ["0", "1"]
    assert card["condition"] == {"kind": "mel", "spec": SPEC.to_dict()}


def test_other_files_stay(tmp_path):
    (tmp_path / "log.csv").write_text("epoch\n1\n")
    save_model_preset(FakeWave(), tmp_path, name="run")
    save_model_preset(FakeWave(), tmp_path, name="run", overwrite=True)
    assert sorted(os.listdir(tmp_path)) == ["log.csv", "model.json", "model.keras"]


def test_existing_model_is_kept_unless_told(saved):
    before = (saved / "model.keras").read_bytes()
    with pytest.raises(ValueError, match="must not hold a model; .*which holds model.keras"):
        save_model_preset(FakeWave(), saved)
    assert (saved / "model.keras").read_bytes() == before


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("there", [False, True], ids=["new", "there"])
def test_interrupted_save_leaves_all_as_it_was(tmp_path, monkeypatch, failure, there):
    def fail(*arguments, **options):
        raise failure("stop")

    if there:
        save_model_preset(FakeWave(), tmp_path / "noise")
    monkeypatch.setattr(model_files.stored_weights, "narrow", fail)
    with pytest.raises(failure):
        save_model_preset(FakeWave(), tmp_path / "noise", overwrite=True)
    assert os.listdir(tmp_path) == (["noise"] if there else [])
    if there:
        assert sorted(os.listdir(tmp_path / "noise")) == ["model.json", "model.keras"]


@pytest.mark.parametrize(
    "model, card, message",
    [
        ({}, {"speakers": ["ann"]}, "number of speakers 1 in the card, 0 in the model"),
        ({"n_speakers": 2}, {}, "number of speakers 0 in the card, 2 in the model"),
        ({"n_speakers": 2}, {"speakers": ["a", "a"]}, "`speakers` must be None or different"),
        ({}, {"condition": ROLL}, "Received: condition=.*note_roll.*local_channels=0"),
        ({"local_channels": 67}, {}, "Received: condition=None, local_channels=67"),
        (
            {"local_channels": 67, "hop_length": 64},
            {"condition": ROLL},
            "hop_length 160 in the card, 64 in the model",
        ),
        (
            {"spec": SPEC.replace(n_mels=10)},
            {"condition": {"kind": "mel", "spec": SPEC.to_dict()}},
            "n_mels",
        ),
        ({}, {"condition": {"kind": "video"}}, "of kind 'mel' or 'note_roll'"),
        ({}, {"condition": {**ROLL, "lowest": "C2"}}, "must have `lowest` and `highest`"),
        ({}, {"metadata": {"when": {1, 2}}}, "`metadata` must be what JSON can hold"),
        ({}, {"weights_dtype": "int4"}, "`weights_dtype` must be .*Received: .*'int4'"),
    ],
    ids=str,
)
def test_card_that_does_not_fit_is_refused(tmp_path, model, card, message):
    with pytest.raises(ValueError, match=message):
        save_model_preset(FakeWave(**model), tmp_path / "noise", **card)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["model.keras", "model.json"])
@pytest.mark.parametrize("damage", ["missing", "empty"])
def test_missing_or_damaged_file_is_named(saved, name, damage):
    (saved / name).unlink() if damage == "missing" else (saved / name).write_bytes(b"")
    with pytest.raises(ValueError, match=name):
        load_model_preset(saved)


@pytest.mark.parametrize(
    "field, value, message",
    [
        ("sample_rate", 16000, "sample_rate 16000 in the card, 8000 in the model"),
        ("sample_rate", 0, "`sample_rate` must be positive"),
        ("sample_rate", "8000", "must be a whole number"),
        ("kind", "WaveNet", "kind WaveNet in the card, FakeWave in the model"),
        ("speakers", ["ann"], "number of speakers"),
        ("temperature", 0, "`temperature` must be above 0"),
        ("temperature", "cold", "or a number"),
        ("condition", {"kind": "mel", "spec": {"color": 1}}, "color"),
        ("condition", {"kind": "mel"}, "must have the fields of an AudioSpec"),
        ("format", "keras_speech.voice", "must be a model's, with `format`"),
        ("format_version", 2, "newer keras_speech: this one reads models up to"),
    ],
    ids=str,
)
def test_bad_field_is_named_with_its_file(saved, field, value, message):
    path = saved / "model.json"
    fields = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**fields, field: value}), encoding="utf-8")
    with pytest.raises(ValueError, match=f"model.json'.*{message}"):
        load_model_preset(saved)


def test_unknown_name_lists_bundled_models_and_what_a_directory_holds(tmp_path, monkeypatch):
    save_model_preset(FakeWave(), tmp_path / "noise")
    monkeypatch.setattr(presets, "BUNDLED", tmp_path)
    with pytest.raises(ValueError) as error:
        load_model_preset("eve")
    for part in ("(noise)", "model.keras and model.json", "Received: preset='eve'"):
        assert part in str(error.value)


def test_model_of_another_class_is_refused(saved):
    assert isinstance(presets.load_model_of(FakeWave, saved), FakeWave)
    with pytest.raises(ValueError, match="must name a GriffinLim.*noise', a FakeWave"):
        presets.load_model_of(GriffinLim, saved)


@pytest.mark.parametrize("preset", [None, 5, b"piano"])
def test_preset_that_is_no_name_is_refused(preset):
    with pytest.raises(ValueError, match="`preset` must be a model's name, a directory or"):
        load_model_preset(preset)


def test_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "model.h5").write_bytes(b"")
    with pytest.raises(ValueError, match="which is a file of another kind"):
        load_model_preset(tmp_path / "model.h5")


def test_bundled_models_have_cards(tmp_path, monkeypatch):
    monkeypatch.setattr(presets, "BUNDLED", tmp_path / "none")
    assert bundled_models() == []
    monkeypatch.setattr(presets, "BUNDLED", tmp_path)
    for name in ("rain", "brook"):
        save_model_preset(FakeWave(), tmp_path / name, license="CC0")
    (tmp_path / "__pycache__").mkdir()
    cards = bundled_models()
    assert [(card["name"], card["license"]) for card in cards] == [
        ("brook", "CC0"),
        ("rain", "CC0"),
    ]
    files = (tmp_path / "brook").iterdir()
    assert cards[0]["n_bytes"] == sum(file.stat().st_size for file in files)
    assert load_model_preset("rain")[1]["name"] == "rain"

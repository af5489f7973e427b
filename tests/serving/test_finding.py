"""What can be served is found by its place, and has one name."""

import shutil

import pytest

from keras_speech.serving.finding import models_of
from keras_speech.serving.model import model_of_voice


@pytest.fixture
def no_loading(monkeypatch):
    """Only looks at what would be loaded: `(path, voice or SavedModel)`."""
    from keras_speech.export import loading
    from keras_speech.voices.voice import Voice

    seen = []

    def stop(kind):
        def load(path):
            seen.append((str(path), kind))
            raise InterruptedError

        return load

    monkeypatch.setattr(loading, "load", stop("saved"))
    monkeypatch.setattr(Voice, "from_preset", stop("voice"))
    return seen


@pytest.mark.parametrize(
    "files, kind",
    [
        (["3/saved_model.pb"], "saved"),
        (["saved_model.pb"], "saved"),
        (["10/", "9/"], "saved"),
        (["voice.json", "1/"], "voice"),
        (["other.txt"], "voice"),  # which says what a voice's directory holds
    ],
)
def test_a_directory_is_known_by_what_it_holds(no_loading, tmp_path, files, kind):
    for file in files:
        path = tmp_path / file
        path.mkdir(parents=True) if file.endswith("/") else path.parent.mkdir(exist_ok=True)
        if not file.endswith("/"):
            path.touch()
    with pytest.raises(InterruptedError):
        models_of(tmp_path)
    assert no_loading == [(str(tmp_path), kind)]


def test_a_bundled_name_wins(no_loading, tmp_path, monkeypatch):
    (tmp_path / "kathleen" / "1").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for name in ("kathleen", "./kathleen"):
        with pytest.raises(InterruptedError):
            models_of(name)
    assert no_loading == [("kathleen", "voice"), ("./kathleen", "saved")]


def test_a_saved_model_has_the_name_and_the_number_of_its_directories(saved, loaded, monkeypatch):
    from keras_speech.export import loading

    assert (loaded.name, loaded.version) == ("saved", 3)
    monkeypatch.setattr(loading, "load", lambda path: loaded)
    models = models_of([saved])
    assert {name: model.version for name, model in models.items()} == {"saved": "3"}
    assert list(models_of({"other.name": str(saved)})) == ["other.name"]
    assert list(models_of(saved, name="third")) == ["third"]


def test_voices_and_models_are_taken_as_they_are(voice):
    assert list(models_of(voice)) == ["voice"]
    assert models_of({"a": voice})["a"].voice is voice
    model = model_of_voice(voice, "mine")
    assert models_of([model])["mine"] is model
    assert models_of(model, name="other")["other"].name == "other"


@pytest.mark.parametrize(
    "served, name, message",
    [
        (lambda voice: [voice, voice], None, "two with the name 'voice'"),
        (lambda voice: {"": voice}, None, "`name` must be of letters"),
        (lambda voice: {"..": voice}, None, "`name` must be of letters"),
        (lambda voice: {"..%2f": voice}, None, "`name` must be of letters"),
        (lambda voice: {"a" * 201: voice}, None, "`name` must be of letters"),
        (lambda voice: [voice], "a", "`name` must be left out where several"),
        (lambda voice: [], None, "There must be a voice"),
        (lambda voice: 7, None, "a directory. Received: int"),
        (lambda voice: "no such", None, "`preset` must be a bundled voice"),
    ],
)
def test_what_cannot_be_served_is_refused(voice, served, name, message):
    with pytest.raises(ValueError, match=message):
        models_of(served(voice), name=name)


def test_a_damaged_saved_model_is_named(saved, tmp_path):
    broken = shutil.copytree(saved, tmp_path / "broken")
    (broken / "3" / "saved_model.pb").write_bytes(b"\xff" * 100)
    with pytest.raises(ValueError, match=r"broken/3' cannot be served: saved_model.pb cannot"):
        models_of(broken)

"""A SavedModel is loaded as it was written; of a damaged one a sentence says what is wrong."""

import json
import shutil

import numpy as np
import pytest
from tensorflow.core.protobuf import saved_model_pb2

from keras_speech.export import loading
from keras_speech.export.about import ABOUT_FILE, About
from keras_speech.export.warm_up import WARM_UP_FILE


@pytest.fixture
def copy(exported, tmp_path):
    """A copy of the version's directory, to be damaged."""
    return shutil.copytree(exported, tmp_path / "name" / "7")


def test_it_speaks_and_knows_itself(copy, voice, served):
    import tensorflow as tf

    loaded = loading.load(copy.parent)
    assert (loaded.name, loaded.version, loaded.directory) == ("name", 7, copy)
    assert loaded.about == About.of(voice)
    inputs = {"text": ["One.", "Two is longer."]}
    expected = served["serving_default"](text=tf.constant(inputs["text"]))["audio"].numpy()
    np.testing.assert_array_equal(loaded("serving_default", inputs)["audio"], expected)
    assert {name for name, _ in loaded.examples} == set(loaded.inputs) == set(loaded.outputs)
    with pytest.raises(ValueError, match=r"^speed must be from 0.25 to 4\.$"):
        options = {"speaker": [""], "speed": [9.0], "pitch": [0.0], "seed": [0]}
        loaded("speak", {"text": ["One."], **options})


def test_the_highest_version_is_found(exported, tmp_path):
    for name in ("9", "10", "11x", ".12"):
        (tmp_path / name).mkdir()
    (tmp_path / "13").touch()
    assert loading._found(tmp_path) == (tmp_path.name, 10, tmp_path / "10")
    assert loading._found(exported) == ("tiny", 1, exported)


def test_a_directory_without_one_is_named(tmp_path):
    with pytest.raises(ValueError, match="There must be a SavedModel in the directory"):
        loading.load(tmp_path)


def damaged_about(field, value):
    def damage(path):
        fields = json.loads((path / ABOUT_FILE).read_text())
        (path / ABOUT_FILE).write_text(json.dumps(fields | {field: value}))

    return damage


DAMAGES = {
    "no graph": (lambda path: (path / "saved_model.pb").unlink(), "must be a SavedModel"),
    "half a graph": (
        lambda path: (path / "saved_model.pb").write_bytes(
            (path / "saved_model.pb").read_bytes()[:5000]
        ),
        "saved_model.pb cannot be read",
    ),
    "an empty graph": (
        lambda path: (path / "saved_model.pb").write_bytes(b""), "must hold one graph"
    ),
    "another graph": (lambda path: (path / "saved_model.cpb").touch(), "cpb must not be there"),
    "nobody's": (lambda path: (path / ABOUT_FILE).unlink(), "was not written by `keras_speech"),
    "no variables": (lambda path: shutil.rmtree(path / "variables"), "is damaged"),
    "half of the variables": (
        lambda path: (path / "variables" / "variables.data-00000-of-00001").write_bytes(b"a"),
        "is damaged",
    ),
    "other requests": (
        lambda path: (path / WARM_UP_FILE).write_bytes(b"a" * 99), "no requests to warm up by"
    ),
    "another kind": (damaged_about("kind", "song"), "`kind` in .* must be one of voice"),
    "no spec": (damaged_about("spec", None), "keras_speech.json' is damaged"),
    "a spec of words": (damaged_about("spec", {"hop_length": "a"}), "is damaged"),
    "a spec of more": (damaged_about("spec", {"hop": 1}), "is damaged"),
    "no speakers": (damaged_about("speakers", [1]), "is damaged"),
    "long pauses": (damaged_about("pauses", {".": 1e9}), "is damaged"),
    "a newer one": (damaged_about("format_version", 2), "by a newer keras_speech"),
    "another's": (damaged_about("format", "other"), "with `format`"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_one_is_named_in_a_sentence(copy, name):
    damage, message = DAMAGES[name]
    damage(copy)
    with pytest.raises(ValueError, match=message) as raised:
        loading.load(copy)
    assert "\n" not in str(raised.value) and str(copy) in str(raised.value)


def test_tensors_have_ranks(copy):
    path = copy / "saved_model.pb"
    model = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    model.meta_graphs[0].signature_def["mel"].outputs["mel"].tensor_shape.unknown_rank = True
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ValueError, match="is damaged: a tensor has any number of axes"):
        loading.load(copy)

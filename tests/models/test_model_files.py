import json
import os
import zipfile

import h5py
import keras
import numpy as np
import pytest

from keras_speech.models import GriffinLim, model_files
from voices.fake_models import SPEC, FakeAcoustic


@keras.saving.register_keras_serializable("keras_speech_tests")
class Layered(keras.Model):
    """Layers in lists, statistics, integer state: what a real model's file holds."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.stack = [keras.layers.Dense(64), keras.layers.BatchNormalization()]
        self.dropout = keras.layers.Dropout(0.5, seed=1)
        self.out = keras.layers.Dense(8)

    def build(self, shape):
        self.stack[0].build(shape)
        self.stack[1].build((*shape[:-1], 64))
        self.out.build((*shape[:-1], 64))
        self.built = True

    def call(self, x, training=False):
        for layer in self.stack:
            x = layer(x, training=training) if layer is self.stack[1] else layer(x)
        return self.out(self.dropout(x, training=training))

    def generate(self, tokens):
        return {}


@pytest.fixture
def trained():
    model = Layered()
    rng = np.random.default_rng(0)
    model.compile("adam", "mse")
    model.fit(rng.normal(size=(32, 16)), rng.normal(size=(32, 8)), verbose=0)
    return model


@pytest.mark.parametrize("weights_dtype, tolerance", [("float32", 0), ("float16", 1e-3)])
def test_saved_model_gives_the_same_output(trained, tmp_path, weights_dtype, tolerance):
    path = tmp_path / "model.keras"
    model_files.save_model(trained, path, weights_dtype=weights_dtype)
    x = np.random.default_rng(1).normal(size=(4, 16)).astype("float32")
    expected = trained(x)
    for load in (
        lambda: model_files.load_model(path, role="vocoder"),
        lambda: keras.models.load_model(path, safe_mode=True),
    ):
        loaded = load()
        np.testing.assert_allclose(loaded(x), expected, rtol=tolerance * 10, atol=tolerance * 10)
        for ours, theirs in zip(trained.weights, loaded.weights, strict=True):
            assert theirs.dtype == ours.dtype
            # float16 keeps 11 bits: a relative error of at most 2 ** -11.
            error = 0 if tolerance == 0 else 2.0**-11
            np.testing.assert_allclose(theirs, ours, rtol=error, atol=error * 1e-4)


def test_float16_halves_the_file(tmp_path):
    model = FakeAcoustic(1000, 100)
    model_files.save_model(model, tmp_path / "wide.keras")
    model_files.save_model(model, tmp_path / "narrow.keras", weights_dtype="float16")
    wide, narrow = (os.path.getsize(tmp_path / f"{n}.keras") for n in ("wide", "narrow"))
    # 100,000 weights of 4 bytes, and of 2.
    assert 400_000 < wide < 420_000 and 200_000 < narrow < 220_000
    assert sorted(os.listdir(tmp_path)) == ["narrow.keras", "wide.keras"]


def test_optimizer_stays_behind_and_the_model_as_it_was(trained, tmp_path):
    before = [np.array(each) for each in trained.optimizer.variables]
    model_files.save_model(trained, tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert json.loads(archive.read("config.json"))["compile_config"] is None
        with h5py.File(archive.open("model.weights.h5")) as weights:
            assert "optimizer" not in weights
    assert not model_files.load_model(tmp_path / "model.keras", role="x").compiled
    for ours, then in zip(trained.optimizer.variables, before, strict=True):
        np.testing.assert_array_equal(ours, then)


def test_weight_too_large_for_float16_is_named(tmp_path):
    model = FakeAcoustic(10, 10)
    model.table.assign(np.full((10, 10), 1e5))
    with pytest.raises(ValueError, match="weights_dtype=float16, largest magnitude 100000 in"):
        model_files.save_model(model, tmp_path / "model.keras", weights_dtype="float16")


def test_model_without_its_weights_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must be built.*Received: Layered"):
        model_files.save_model(Layered(), tmp_path / "model.keras")
    assert os.listdir(tmp_path) == []


def test_model_that_has_no_weights_is_saved_without_a_warning(tmp_path, recwarn):
    vocoder = GriffinLim(SPEC, n_iter=3)
    model_files.save_model(vocoder, tmp_path / "model.keras")
    assert not [each for each in recwarn if each.category is UserWarning]
    loaded = model_files.load_model(tmp_path / "model.keras", role="vocoder")
    assert loaded.get_config() == vocoder.get_config()


def test_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match="vocoder is missing: no file .*model.keras"):
        model_files.load_model(tmp_path / "model.keras", role="vocoder")


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "bit", "no weights", "no config"])
def test_damaged_file_is_named(tmp_path, damage):
    path = tmp_path / "model.keras"
    model_files.save_model(FakeAcoustic(100, 10), path)
    content = bytearray(path.read_bytes())
    if damage == "empty":
        content = b""
    elif damage == "text":
        content = b"<html>404</html>"
    elif damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "bit":
        content[len(content) // 2] ^= 1
    path.write_bytes(content)
    if damage.startswith("no "):
        left_out = {"no weights": "model.weights.h5", "no config": "config.json"}[damage]
        with zipfile.ZipFile(path) as archive:
            kept = {n: archive.read(n) for n in archive.namelist() if n != left_out}
        with zipfile.ZipFile(path, "w") as archive:
            for name, part in kept.items():
                archive.writestr(name, part)
    with pytest.raises(ValueError, match="vocoder cannot be read from .*model.keras"):
        model_files.load_model(path, role="vocoder")


def test_code_in_a_file_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "model.keras"
    inputs = keras.Input((2,))
    outputs = keras.layers.Lambda(lambda x: (open("RAN", "w"), x)[1])(inputs)
    model = keras.Model(inputs, outputs)
    model.save(path)
    (tmp_path / "RAN").unlink()
    with pytest.raises(ValueError, match="cannot be read from .*model.keras"):
        model_files.load_model(path, role="vocoder")
    assert not (tmp_path / "RAN").exists()


def test_model_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(path)
    with pytest.raises(ValueError, match="vocoder must have `generate`. Received: Sequential"):
        model_files.load_model(path, role="vocoder")

"""Weights stored in fewer bits: how far off they may be, and what is refused when they are read."""

import io
import json
import os
import zipfile

import h5py
import keras
import numpy as np
import pytest

from keras_speech.models import Vocos, WaveNet, load_model_preset, model_files, save_model_preset
from keras_speech.models.stored_weights import narrow, quantize, widen
from voices.fake_models import SPEC, FakeAcoustic

RNG = np.random.default_rng(0)
KERNEL = RNG.normal(size=(3, 40, 16)).astype("float32") * np.logspace(-6, 6, 16, dtype="float32")


def hdf5(datasets, **attributes):
    """An HDF5 file of arrays by path, as bytes; each with the `attributes`."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for path, values in datasets.items():
            file.create_dataset(path, data=values).attrs.update(attributes)
    return buffer.getvalue()


def arrays(content):
    found = {}
    with h5py.File(io.BytesIO(content)) as file:
        file.visititems(
            lambda path, item: found.update({path: item[()]} if hasattr(item, "shape") else {})
        )
    return found


def stored(values):
    """`values` as int8 in a file, and as they come back from it."""
    small = narrow(hdf5({"layer/vars/0": values}), "int8", "model")
    return arrays(small)["layer/vars/0"], arrays(widen(small))["layer/vars/0"]


def test_a_weight_comes_back_within_half_a_step_of_its_channel():
    small, wide = stored(KERNEL)
    assert small.dtype == np.int8 and wide.dtype == np.float32 and wide.shape == KERNEL.shape
    step = np.abs(KERNEL).max(axis=(0, 1)) / 127
    assert (np.abs(wide - KERNEL) <= step / 2 * (1 + 1e-5)).all()
    # The largest of each channel is met, and none of them is served by another's scale.
    assert (np.abs(small).max(axis=(0, 1)) == 127).all()


def test_a_second_time_changes_nothing():
    once = stored(KERNEL)[1]
    np.testing.assert_array_equal(stored(once)[0], stored(KERNEL)[0])
    np.testing.assert_allclose(stored(once)[1], once, rtol=1e-6)


def test_channels_of_zeros_and_of_next_to_nothing_are_kept():
    values = np.array([[0.0, 1e-45, -1e-38]] * 400, "float32")
    quantized, scale = quantize(values)
    assert (quantized[:, :2] == 0).all() and (quantized[:, 2] == -127).all()
    np.testing.assert_allclose(quantized * scale, values, rtol=1e-5, atol=1e-44)


@pytest.mark.parametrize(
    "values",
    [
        np.linspace(-1, 1, 2000, dtype="float32"),  # a bias: one scale for each of them
        np.linspace(-1, 1, 32 * 31, dtype="float32").reshape(32, 31),  # small
        np.linspace(-1, 1, 7 * 256, dtype="float32").reshape(7, 256),  # seven of a channel
        np.full((40, 40), np.inf, "float32"),
        np.ones((32, 8193), "float32"),  # more scales than an attribute holds
    ],
    ids=["bias", "small", "few of a channel", "infinite", "many channels"],
)
def test_what_a_scale_does_not_serve_is_stored_in_16_bits(values):
    small, wide = stored(values)
    assert small.dtype == np.float16
    np.testing.assert_array_equal(wide, values.astype("float16"))


def test_whole_numbers_and_int8_of_a_model_itself_stay():
    state = {"seed": np.array([1, 2**31], "uint32"), "codes": np.ones((64, 64), "int8")}
    small = narrow(hdf5(state), "int8", "model")
    for content in (small, widen(small)):
        for name, values in state.items():
            np.testing.assert_array_equal(arrays(content)[name], values)
            assert arrays(content)[name].dtype == values.dtype


def test_weight_too_large_for_16_bits_is_named():
    with pytest.raises(ValueError, match="weights_dtype=int8, largest magnitude 100000 in .*:/b"):
        narrow(hdf5({"b": np.full(3, 1e5, "float32")}), "int8", "model.keras")


CODES = np.ones((64, 4), "int8")


@pytest.mark.parametrize(
    "scale",
    [np.ones(3, "float32"), np.ones((4, 64), "float32"), np.ones(4), np.float32(1), "1"],
    ids=["few", "many", "other numbers", "one", "text"],
)
def test_scales_that_are_not_one_a_channel_are_refused(scale):
    with pytest.raises(ValueError, match="/w must have a scale for each of its channels"):
        widen(hdf5({"w": CODES}, scale=scale))


def linked(file):
    file["w"] = h5py.ExternalLink("/etc/passwd", "/w")


def in_another_file(file):
    file.create_dataset("w", (8,), "int8", external=[("/etc/passwd", 0, 8)])


def ring(file):
    file["a/b"] = file.create_group("a")


def promised(file):
    file.create_dataset("w", (2**40,), "int8", chunks=(2**20,))


@pytest.mark.parametrize(
    "make, message",
    [
        (linked, "/w must not be a link"),
        (in_another_file, "/w must hold all its values"),
        (ring, "/a/b must not be there twice"),
        (promised, "/w must hold all its values"),
    ],
    ids=["link", "other file", "ring", "promise"],
)
def test_a_file_that_is_not_all_there_is_refused(make, message):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        make(file)
    with pytest.raises(ValueError, match=message):
        widen(buffer.getvalue())


@pytest.fixture
def int8_file(tmp_path):
    model = FakeAcoustic(64, 64)
    model_files.save_model(model, tmp_path / "model.keras", weights_dtype="int8")
    return tmp_path / "model.keras"


def test_keras_alone_refuses_int8_rather_than_taking_it_for_weights(int8_file):
    with pytest.raises(ValueError, match="model.weights.h5"):
        keras.models.load_model(int8_file)


@pytest.mark.parametrize("damage", ["empty", "cut", "bit", "no weights", "no HDF5", "bomb"])
def test_damaged_int8_file_is_named(int8_file, damage, monkeypatch):
    content = bytearray(int8_file.read_bytes())
    if damage == "empty":
        content = b""
    elif damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "bit":
        content[len(content) // 2] ^= 1
    int8_file.write_bytes(content)
    if damage in ("no weights", "no HDF5", "bomb"):
        with zipfile.ZipFile(int8_file) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        weights = {"no weights": {}, "no HDF5": {model_files.INT8_WEIGHTS: b"x"}}
        bomb = {model_files.INT8_WEIGHTS: bytes(2**20)}
        del parts[model_files.INT8_WEIGHTS]
        with zipfile.ZipFile(int8_file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in {**parts, **weights.get(damage, bomb)}.items():
                archive.writestr(name, part)
        monkeypatch.setattr(model_files, "MAX_BYTES", 2**10)
    with pytest.raises(ValueError, match="vocoder cannot be read from .*model.keras"):
        model_files.load_model(int8_file, role="vocoder")


def test_nothing_passing_is_left_behind(int8_file, tmp_path, monkeypatch):
    monkeypatch.setattr(model_files.tempfile, "tempdir", str(tmp_path))
    model_files.load_model(int8_file, role="acoustic model")
    assert os.listdir(tmp_path) == ["model.keras"]


@pytest.mark.parametrize(
    "model",
    [
        Vocos(SPEC, channels=64, hidden_channels=128, n_blocks=2),
        WaveNet(sample_rate=8000, n_cycles=1, layers_per_cycle=4, residual_channels=32),
    ],
    ids=["Vocos", "WaveNet"],
)
def test_int8_model_sounds_nearly_as_it_did_from_a_third_of_the_size(model, tmp_path):
    save_model_preset(model, tmp_path / "wide")
    save_model_preset(model, tmp_path / "small", weights_dtype="int8")
    loaded, card = load_model_preset(tmp_path / "small")
    assert card["weights_dtype"] == "int8"
    assert json.loads((tmp_path / "small" / "model.json").read_text())["weights_dtype"] == "int8"
    sizes = [(tmp_path / name / "model.keras").stat().st_size for name in ("wide", "small")]
    assert sizes[1] < sizes[0] / 3
    assert [v.dtype for v in loaded.variables] == [v.dtype for v in model.variables]
    for ours, theirs in zip(model.weights, loaded.weights, strict=True):
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        assert np.abs(theirs - ours).max() <= np.abs(ours).max() / 254 * (1 + 1e-5)

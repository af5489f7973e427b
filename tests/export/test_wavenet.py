"""A WaveNet in a SavedModel generates as in Python, without this package."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

import keras_speech as ks

SIZES = dict(n_cycles=1, layers_per_cycle=5, residual_channels=6, gate_channels=8, skip_channels=4)

# Imports TensorFlow alone.
LOAD = """
import sys
import numpy as np
import tensorflow as tf

generate = tf.saved_model.load(sys.argv[1]).signatures["serving_default"]
with np.load(sys.argv[2]) as inputs:
    inputs = {name: tf.constant(inputs[name]) for name in inputs.files}
np.save(sys.argv[3], generate(**inputs)["samples"].numpy())
assert "keras_speech" not in sys.modules, "the SavedModel must stand alone"
"""


def requests(n_rows, n_prime, model):
    """Arguments for the SavedModel and for `generate` that ask for the same."""
    rng = np.random.default_rng(n_rows)
    prime = rng.uniform(-1, 1, (n_rows, n_prime)).astype("float32")
    conditions = {}
    if model.n_speakers:
        conditions["speaker"] = np.arange(n_rows, dtype="int32") % model.n_speakers
    if model.local_channels:
        shape = (n_rows, 90, model.local_channels)
        conditions["mel"] = rng.normal(size=shape).astype("float32")
    numbers = dict(n_samples=2300, temperature=0.9, seed=2**33 + 5)
    kinds = dict(n_samples="int32", temperature="float32", seed="int64")
    served = {name: np.array(value, kinds[name]) for name, value in numbers.items()}
    return {**served, "prime": prime, **conditions}, {**numbers, "prime": prime, **conditions}


@pytest.fixture(scope="module")
def exported(request, tmp_path_factory):
    """A model, the directory of its SavedModel, and the signature in it."""
    model = ks.WaveNet(**SIZES)
    if request.param == "conditioned":
        head = ks.layers.LogisticMixtureHead(2)
        model = ks.WaveNet(**SIZES, head=head, n_speakers=3, local_channels=4, hop_length=30)
    path = ks.export.saved_wavenet(model, tmp_path_factory.mktemp("export") / "1", top_p=0.9)
    return model, path, tf.saved_model.load(str(path)).signatures["serving_default"]


@pytest.mark.parametrize(
    "exported, n_rows, n_prime",
    [
        ("plain", 1, 0),
        ("conditioned", 3, 40),
        pytest.param("plain", 3, 40, marks=pytest.mark.slow),
        pytest.param("conditioned", 1, 0, marks=pytest.mark.slow),
    ],
    indirect=["exported"],
)
def test_samples_are_those_of_generate(exported, n_rows, n_prime):
    """More than one chunk, any batch; with a prime and without."""
    model, _, signature = exported
    served, ours = requests(n_rows, n_prime, model)
    actual = signature(**{name: tf.constant(value) for name, value in served.items()})
    expected = model.generate(**ours, top_p=0.9)
    np.testing.assert_allclose(actual["samples"], expected, atol=1e-5)


@pytest.mark.parametrize(
    "exported", ["plain", pytest.param("conditioned", marks=pytest.mark.slow)], indirect=True
)
def test_loads_where_this_package_is_not(exported, tmp_path):
    model, path, _ = exported
    served, ours = requests(2, 10, model)
    np.savez(tmp_path / "inputs.npz", **served)
    moved = path.rename(path.parent / "elsewhere")
    try:
        command = [
            sys.executable,
            "-c",
            LOAD,
            str(moved),
            tmp_path / "inputs.npz",
            tmp_path / "out",
        ]
        subprocess.run(command, check=True, cwd=tmp_path)
    finally:
        moved.rename(path)
    expected = model.generate(**ours, top_p=0.9)
    np.testing.assert_allclose(np.load(tmp_path / "out.npy"), expected, atol=1e-5)


def test_a_directory_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(ValueError, match="`directory` must not exist or be empty"):
        ks.export.saved_wavenet(ks.WaveNet(**SIZES), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_top_p_out_of_range_writes_nothing(tmp_path):
    with pytest.raises(ValueError, match="`top_p` must be in"):
        ks.export.saved_wavenet(ks.WaveNet(**SIZES), tmp_path / "1", top_p=0.0)
    assert list(tmp_path.iterdir()) == []

"""A vocoder in a SavedModel makes the sound it makes in Python, without this package."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

import keras_speech as ks
from tests.conformance import TINY_SPEC, normal
from tests.models.waveglow.tiny_waveglow import tiny_waveglow

# Imports TensorFlow alone.
LOAD = """
import sys
import numpy as np
import tensorflow as tf

for path in sys.argv[1:]:
    signatures = tf.saved_model.load(path).signatures
    with np.load(path + ".npz") as inputs:
        inputs = {name: tf.constant(inputs[name]) for name in inputs.files}
    np.save(path + ".npy", signatures["serving_default"](**inputs)["audio"].numpy())
assert "keras_speech" not in sys.modules, "the SavedModel must stand alone"
"""


def vocos():
    discriminator = ks.layers.MultiPeriodDiscriminator(periods=(2,), channels=(4,))
    return ks.Vocos(
        spec=TINY_SPEC, channels=12, hidden_channels=16, n_blocks=2, kernel_size=3,
        mel_start=True, mel_rounds=1, phase_rounds=2, discriminators=[discriminator],
    )  # fmt: skip


def hifigan():
    discriminator = ks.layers.MultiPeriodDiscriminator(periods=(2,), channels=(4,))
    rate = TINY_SPEC.hop_length // 4
    return ks.HiFiGAN(
        spec=TINY_SPEC, channels=8, rates=(rate, 4), kernel_sizes=(2 * rate, 8),
        resblock_kernel_sizes=(3,), resblock_dilations=((1, 3),), discriminators=[discriminator],
    )  # fmt: skip


MODELS = {"Vocos": vocos, "HiFiGAN": hifigan, "WaveGlow": tiny_waveglow}


@pytest.fixture(scope="module")
def all_exported(tmp_path_factory):
    directory = tmp_path_factory.mktemp("export")
    models = {name: make() for name, make in MODELS.items()}
    return {
        name: (model, ks.export.saved_vocoder(model, directory / name))
        for name, model in models.items()
    }


@pytest.fixture(scope="module")
def all_signatures(all_exported):
    return {
        name: tf.saved_model.load(str(path)).signatures for name, (_, path) in all_exported.items()
    }


@pytest.fixture(params=MODELS)
def exported(request, all_exported, all_signatures):
    """A model and the signatures of its SavedModel."""
    return all_exported[request.param][0], all_signatures[request.param]


def requests(model, n_rows, frames, lengths=None):
    """Arguments for the SavedModel and for `generate` that ask for the same."""
    mel = normal(n_rows, frames, model.spec.n_mels) - 1
    lengths = [frames] * n_rows if lengths is None else lengths
    sigma = {"sigma": 0.7} if isinstance(model, ks.WaveGlow) else {}
    seed = 2**33 + 5
    served = {"mel": mel, "lengths": np.array(lengths, "int32"), "seed": np.array(seed, "int64")}
    served |= {name: np.array(value, "float32") for name, value in sigma.items()}
    return served, dict(mel=mel, lengths=np.array(lengths), seed=seed, **sigma)


def test_sound_is_that_of_generate(exported):
    """For one frame, for many, and for rows that end early or at once."""
    model, signatures = exported
    for shape in ((1, 1), (1, 300), (3, 40, [40, 17, 0])):
        served, ours = requests(model, *shape)
        actual = signatures["serving_default"](**{k: tf.constant(v) for k, v in served.items()})
        assert int(actual["sample_rate"]) == model.sample_rate
        expected = model.generate(**ours)
        assert np.abs(expected).max() > 1e-3
        np.testing.assert_allclose(actual["audio"], expected, atol=1e-5)


def test_a_mel_alone_is_enough(exported):
    model, signatures = exported
    mel = requests(model, 2, 9)[0]["mel"]
    actual = signatures["mel_only"](mel=tf.constant(mel))["audio"]
    np.testing.assert_allclose(actual, model.generate(mel), atol=1e-5)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"lengths": np.array([5, 10], "int32")}, "lengths must fit the mel"),
        ({"lengths": np.array([5, -1], "int32")}, "lengths must not be negative"),
        ({"lengths": np.array([5], "int32")}, "rows of lengths"),
        ({"mel": np.full((2, 9, 5), np.nan, "float32")}, "finite"),
    ],
)
def test_what_generate_refuses_is_refused(all_exported, all_signatures, change, message):
    served = requests(all_exported["WaveGlow"][0], 2, 9)[0] | change
    vocode = all_signatures["WaveGlow"]["serving_default"]
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        vocode(**{name: tf.constant(value) for name, value in served.items()})


def test_loads_where_this_package_is_not(all_exported, tmp_path):
    expected = {}
    for name, (model, path) in all_exported.items():
        (tmp_path / name).symlink_to(path)
        served, ours = requests(model, 2, 11, [11, 4])
        np.savez(tmp_path / f"{name}.npz", **served)
        expected[name] = model.generate(**ours)
    paths = [str(tmp_path / name) for name in all_exported]
    subprocess.run([sys.executable, "-c", LOAD, *paths], check=True, cwd=tmp_path)
    for name, sound in expected.items():
        np.testing.assert_allclose(np.load(tmp_path / f"{name}.npy"), sound, atol=1e-5)


@pytest.mark.parametrize("name", ["Vocos", "HiFiGAN"])
def test_discriminators_and_normalization_stay_behind(all_exported, name):
    model, path = all_exported[name]
    if name == "HiFiGAN":
        needed = model.fold().count_params()
    else:
        needed = ks.Vocos.from_config(
            {**model.get_config(), "discriminators": [], "discriminator_weights": None}
        ).count_params()
    saved = tf.train.list_variables(str(path / "variables" / "variables"))
    sizes = [np.prod(shape) for key, shape in saved if key.startswith("variables_of_model")]
    assert sum(sizes) == needed < model.count_params()


def test_another_kind_of_model_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`model` must be a Vocos.*Received: GriffinLim"):
        ks.export.saved_vocoder(ks.GriffinLim(TINY_SPEC), tmp_path / "1")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(ValueError, match="`directory` must not exist or be empty"):
        ks.export.saved_vocoder(tiny_waveglow(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]

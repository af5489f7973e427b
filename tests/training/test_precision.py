"""What learns in sixteen bits is kept in thirty-two."""

import keras
import numpy as np
import pytest

import keras_speech as ks
from conformance import CASES
from keras_speech.training import dtype_policy, in_float32

WAVENET = dict(
    n_cycles=1, layers_per_cycle=2, residual_channels=4, gate_channels=8, skip_channels=4
)


def policies(model):
    return {layer.dtype_policy.name for layer in model._flatten_layers()}


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_copy_has_the_weights_and_computes_in_float32(precision):
    with dtype_policy(precision):
        model = ks.WaveNet(head=ks.layers.LogisticMixtureHead(2), **WAVENET)
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 50)).astype("float32")
    expected = keras.ops.cast(model({"samples": samples}), "float32")
    assert precision in policies(model)
    copy = in_float32(model)
    assert policies(copy) == {"float32"} and precision in policies(model)
    for ours, theirs in zip(copy.weights, model.weights, strict=True):
        assert ours is not theirs and ours.dtype == "float32"
        np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (ours, theirs)))
    # bfloat16 has 8 bits: of numbers around 1, errors below a hundredth per layer.
    np.testing.assert_allclose(copy({"samples": samples}), expected, atol=0.1)


def test_model_in_float32_is_its_own_copy():
    model = ks.WaveNet(**WAVENET)
    assert in_float32(model) is model


def test_policy_is_put_back():
    before = keras.config.dtype_policy()
    with pytest.raises(RuntimeError), dtype_policy("mixed_bfloat16"):
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
        raise RuntimeError
    assert keras.config.dtype_policy() is before
    with pytest.raises(ValueError, match="`name` must be one of float32"), dtype_policy("float8"):
        pass


# In bfloat16 one of them: `test_conformance.py` trains them all in it.
STEPS = [(name, "mixed_float16") for name in sorted(CASES) if CASES[name].trains]
STEPS += [
    pytest.param(name, "mixed_bfloat16", marks=() if name == "Tacotron2" else pytest.mark.slow)
    for name, _ in STEPS
]


@pytest.mark.parametrize("name, precision", STEPS)
def test_every_model_makes_a_step_and_is_saved_in_float32(name, precision, tmp_path):
    with dtype_policy(precision):
        model, inputs = CASES[name].make(), CASES[name].inputs()
        model.compile(ks.optimizers.get("adam", clip_norm=1.0), run_eagerly=True)
        loss = model.train_on_batch(inputs, return_dict=True)["loss"]
    assert np.isfinite(loss)
    in_float32(model).save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert policies(loaded) == {"float32"}
    for ours, theirs in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    outputs = keras.tree.flatten(loaded(inputs))
    assert all(np.isfinite(keras.ops.convert_to_numpy(output)).all() for output in outputs)
    assert {keras.backend.standardize_dtype(output.dtype) for output in outputs} <= {
        "float32", "int32", "bool"
    }  # fmt: skip

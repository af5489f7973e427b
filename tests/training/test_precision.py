"""What learns in sixteen bits is kept in thirty-two."""

import keras
import numpy as np
import pytest

import keras_speech as ks
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

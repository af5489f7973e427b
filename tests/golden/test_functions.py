"""What the docs name as Keras's replacement computes what tensorflow-addons did."""

import keras
import pytest

from golden.golden_files import assert_equal, load

activations = keras.activations

SAME = {
    "gelu": lambda x: activations.gelu(x, approximate=True),  # the default of addons
    "gelu_exact": activations.gelu,
    "hardshrink": activations.hard_shrink,
    "lisht": lambda x: x * keras.ops.tanh(x),
    "mish": activations.mish,
    "snake": lambda x: x + keras.ops.square(keras.ops.sin(3.0 * x)) / 3.0,
    "softshrink": activations.soft_shrink,
    "tanhshrink": activations.tanh_shrink,
}


@pytest.mark.parametrize("name", SAME)
def test_activations_are_the_same(name):
    saved = load("functions")
    assert_equal(SAME[name](keras.ops.convert_to_tensor(saved["x"])), saved[name])


@pytest.mark.parametrize("name, groups", [("group", 3), ("instance", -1)])
def test_normalizations_are_the_same(name, groups):
    saved = load("functions")
    layer = keras.layers.GroupNormalization(groups)
    layer.build(saved["sequence"].shape)
    layer.set_weights([saved["gamma"], saved["beta"]])
    assert_equal(layer(saved["sequence"]), saved[name])

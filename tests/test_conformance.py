"""Walks the conformance table: what every public layer and model promises."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

import conformance
from conformance import CASES

EXACT = 1e-6


@pytest.fixture
def dtype_policy():
    """Sets the dtype policy for one test: `dtype_policy("mixed_float16")`."""
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


def every_case(test):
    return pytest.mark.parametrize("name", sorted(CASES))(test)


def made(name):
    """Returns the layer of case `name`, its inputs and its output for them."""
    layer, inputs = CASES[name].make(), CASES[name].inputs()
    return layer, inputs, conformance.call(layer, inputs)


def test_every_public_layer_and_model_has_a_case():
    assert sorted(CASES) == conformance.public_names()


@every_case
def test_config_round_trip(name):
    """A layer made from the config has the same config, weights of the same shapes, same output."""
    layer, inputs, expected = made(name)
    config = layer.get_config()
    copy = type(layer).from_config(config)
    assert keras.saving.serialize_keras_object(copy.get_config()) == (
        keras.saving.serialize_keras_object(config)
    )
    conformance.call(copy, inputs)
    assert [w.shape for w in copy.weights] == [w.shape for w in layer.weights]
    copy.set_weights(layer.get_weights())
    conformance.assert_equal(conformance.call(copy, inputs), expected, EXACT)


@every_case
def test_config_names_every_argument(name):
    """Each constructor keyword is in the config, so that nothing falls back to its default."""
    layer = CASES[name].make()
    parameters = inspect.signature(type(layer).__init__).parameters.values()
    named = {p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
    assert named - {"self"} <= layer.get_config().keys()


@every_case
def test_keras_file_gives_the_same_output(name, tmp_path):
    layer, inputs, expected = made(name)
    conformance.as_model(layer, inputs).save(tmp_path / "saved.keras")
    loaded = keras.saving.load_model(tmp_path / "saved.keras", safe_mode=True)
    conformance.assert_equal(conformance.call_model(loaded, inputs), expected, EXACT)


@every_case
def test_saved_model_gives_the_same_output(name, tmp_path):
    """Exported with batch and time left open, and loaded without our code."""
    layer, inputs, expected = made(name)
    inputs = list(inputs) if isinstance(inputs, tuple) else inputs
    signature = keras.tree.map_structure(
        lambda x: keras.InputSpec(shape=conformance.dynamic_shape(x), dtype=str(x.dtype)), inputs
    )
    model = conformance.as_model(layer, CASES[name].inputs())
    model.export(str(tmp_path / "1"), verbose=False, input_signature=[signature])
    loaded = tf.saved_model.load(str(tmp_path / "1"))
    actual = loaded.serve(keras.tree.map_structure(tf.constant, inputs))
    conformance.assert_equal(actual, expected, 1e-5)


@every_case
def test_symbolic_shape_is_the_real_shape(name):
    """What Keras infers with batch and time open agrees with the arrays that come out."""
    layer, inputs, outputs = made(name)
    symbolic = keras.tree.map_structure(
        lambda x: keras.KerasTensor(conformance.dynamic_shape(x), dtype=str(x.dtype)), inputs
    )
    inferred = keras.tree.flatten(conformance.call(layer, symbolic))
    for expected, actual in zip(inferred, keras.tree.flatten(outputs), strict=True):
        assert len(expected.shape) == len(actual.shape)
        pairs = zip(expected.shape, actual.shape, strict=True)
        assert all(e in (None, a) for e, a in pairs), (expected.shape, actual.shape)


@every_case
def test_jit_gives_the_same_output(name):
    layer, inputs, expected = made(name)
    tensors = keras.tree.map_structure(tf.constant, inputs)
    compiled = tf.function(lambda x: conformance.call(layer, x), jit_compile=True)
    conformance.assert_equal(compiled(tensors), expected, 1e-4)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@every_case
def test_mixed_precision_is_finite(name, policy, dtype_policy):
    dtype_policy(policy)
    layer, inputs, outputs = made(name)
    assert all(np.isfinite(array).all() for array in conformance.arrays(outputs))
    assert all(w.dtype in ("float32", "int32", "bool") for w in layer.weights)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("name", sorted(name for name in CASES if CASES[name].trains))
def test_fit_lowers_the_loss(name, policy, dtype_policy):
    dtype_policy(policy)
    model, inputs = CASES[name].make(), CASES[name].inputs()
    model.compile(optimizer=keras.optimizers.Adam(1e-3))
    losses = model.fit(inputs, batch_size=64, epochs=10, verbose=0).history["loss"]
    assert np.isfinite(losses).all() and losses[-1] < losses[0]

"""Walks the conformance table: what every public layer and model promises."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

from conformance import CASES
from conformance_tools import (
    arrays,
    as_model,
    assert_equal,
    call,
    made,
    model_inputs,
    open_shape,
    public_names,
    symbolic_inputs,
)

EXACT = 1e-6
REORDERED = 1e-4  # the same numbers added up in another order


@pytest.fixture
def dtype_policy():
    """Sets the dtype policy for one test: `dtype_policy("mixed_float16")`."""
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


def every_case(test):
    return pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())(test)


def test_every_public_layer_and_model_has_a_case():
    assert sorted(CASES) == public_names()


@every_case
def test_config_round_trip(case):
    """A layer made from the config has that config, weights of those shapes and that output."""
    layer, expected = made(case)
    config = layer.get_config()
    copy = type(layer).from_config(config)
    serialized = keras.saving.serialize_keras_object
    assert serialized(copy.get_config()) == serialized(config)
    call(copy, case.inputs())
    assert [w.shape for w in copy.weights] == [w.shape for w in layer.weights]
    copy.set_weights(layer.get_weights())
    assert_equal(call(copy, case.inputs()), expected, EXACT)


@every_case
def test_config_names_every_argument(case):
    """Each constructor keyword is in the config, so that nothing falls back to its default."""
    layer = case.make()
    parameters = inspect.signature(type(layer).__init__).parameters.values()
    named = {p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
    assert named - {"self"} <= layer.get_config().keys()


@every_case
def test_keras_file_gives_the_same_output(case, tmp_path):
    layer, expected = made(case)
    as_model(case, layer).save(tmp_path / "saved.keras")
    loaded = keras.saving.load_model(tmp_path / "saved.keras", safe_mode=True)
    assert_equal(loaded(model_inputs(case)), expected, EXACT)


@every_case
def test_saved_model_gives_the_same_output(case, tmp_path):
    """Exported with batch and time left open, and loaded without our code."""
    layer, expected = made(case)
    inputs = model_inputs(case)
    signature = keras.tree.map_structure(
        lambda x: keras.InputSpec(shape=open_shape(case, x), dtype=str(x.dtype)), inputs
    )
    model = as_model(case, layer)
    model.export(str(tmp_path / "1"), verbose=False, input_signature=[signature])
    loaded = tf.saved_model.load(str(tmp_path / "1"))
    actual = loaded.serve(keras.tree.map_structure(tf.constant, inputs))
    assert_equal(actual, expected, REORDERED)


@every_case
def test_symbolic_shape_is_the_real_shape(case):
    """What Keras infers with batch and time open agrees with the arrays that come out."""
    layer, outputs = made(case)
    inferred = keras.tree.flatten(call(layer, symbolic_inputs(case)))
    for expected, actual in zip(inferred, keras.tree.flatten(outputs), strict=True):
        assert len(expected.shape) == len(actual.shape)
        pairs = zip(expected.shape, actual.shape, strict=True)
        assert all(e in (None, a) for e, a in pairs), (expected.shape, actual.shape)


@every_case
def test_jit_gives_the_same_output(case):
    layer, expected = made(case)
    tensors = keras.tree.map_structure(tf.constant, case.inputs())
    compiled = tf.function(lambda x: call(layer, x), jit_compile=True)
    assert_equal(compiled(tensors), expected, REORDERED)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@every_case
def test_mixed_precision_is_finite(case, policy, dtype_policy):
    dtype_policy(policy)
    layer, outputs = made(case)
    assert all(np.isfinite(array).all() for array in arrays(outputs))
    assert all(w.dtype in ("float32", "int32", "bool") for w in layer.weights)


@pytest.mark.parametrize(
    "policy",
    ["float32", "mixed_bfloat16", pytest.param("mixed_float16", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("name", sorted(name for name in CASES if CASES[name].trains))
def test_fit_lowers_the_loss(name, policy, dtype_policy):
    """On batches of open length, as data pipelines yield them."""
    dtype_policy(policy)
    model, inputs = CASES[name].make(), CASES[name].inputs()
    signature = keras.tree.map_structure(
        lambda x: tf.TensorSpec(open_shape(CASES[name], x), str(x.dtype)), inputs
    )
    batches = tf.data.Dataset.from_generator(lambda: [inputs], output_signature=signature)
    model.compile(optimizer=keras.optimizers.Adam(1e-2))
    # Keras traces the step twice when the optimizer gets its variables in the first.
    model.optimizer.build(model.trainable_variables)
    losses = model.fit(batches.repeat(20), epochs=2, steps_per_epoch=10, verbose=0).history["loss"]
    assert np.isfinite(losses).all() and losses[-1] < losses[0]

"""Signatures name their tensors, and are traced once however often they are used."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.export.signature import checked, rates, shared, signature

INPUTS = {"text": ([None], tf.string), "seed": ([None], tf.int64)}


def test_inputs_have_their_names_and_types():
    made = signature(lambda text, seed: {"y": seed + 1}, INPUTS, {"text": ["a"], "seed": [2]})
    _, specs = made.function.structured_input_signature
    by_name = {spec.name: spec.dtype for spec in made.function.structured_input_signature[0]}
    assert by_name == {"text": tf.string, "seed": tf.int64} and specs == {}
    assert made.example["seed"].dtype == np.int64 and made.example["text"].tolist() == ["a"]
    assert made.function(*map(tf.constant, (["a"], made.example["seed"])))["y"].numpy() == [3]


def test_what_is_shared_is_traced_once(tmp_path):
    traces = []

    def double(x):
        traces.append(1)
        return 2 * x

    double = shared(double, ([None], tf.float32))
    functions = {
        name: signature(lambda x: {"y": double(x)}, {"x": ([None], tf.float32)}, {"x": [1]})
        for name in ("one", "two")
    }
    functions = {name: each.function for name, each in functions.items()}
    tf.saved_model.save(tf.Module(), str(tmp_path / "saved"), signatures=functions)
    loaded = tf.saved_model.load(str(tmp_path / "saved"))
    assert loaded.signatures["two"](x=tf.constant([3.0]))["y"].numpy().tolist() == [6.0]
    assert len(traces) == 1


def test_a_check_fails_before_the_value_is_used():
    @tf.function
    def root(x):
        x = checked(x, tf.debugging.assert_non_negative(x, "x must not be negative"))
        return tf.sqrt(x)

    assert root(tf.constant(4.0)).numpy() == 2.0
    with pytest.raises(tf.errors.InvalidArgumentError, match="x must not be negative"):
        root(tf.constant(-1.0))


def test_every_row_has_its_rate():
    assert rates(tf.constant(3), 8000).numpy().tolist() == [8000] * 3

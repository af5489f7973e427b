"""The content of a record: TensorFlow reads it, and so do we, whatever the bytes."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.data.sharding import examples

FEATURES = {
    "id": "clip1",
    "text": "Grüße, 世界",
    "audio": bytes(range(256)) * 3,
    "n_samples": 2**40,
    "durations": np.array([0, 1, 127, 128, 300]),
    "none": np.array([], "int64"),
    "f0_hz": np.array([0.0, 110.5], "float32"),
}


def test_tensorflow_reads_what_is_written():
    read = tf.train.Example.FromString(examples.encode(FEATURES)).features.feature
    assert sorted(read) == sorted(FEATURES)
    assert read["id"].bytes_list.value == [b"clip1"]
    assert read["text"].bytes_list.value[0].decode() == FEATURES["text"]
    assert read["audio"].bytes_list.value == [FEATURES["audio"]]
    assert read["n_samples"].int64_list.value == [2**40]
    assert read["durations"].int64_list.value == [0, 1, 127, 128, 300]
    assert read["f0_hz"].float_list.value == [0.0, 110.5]


def test_what_tensorflow_writes_is_read():
    feature = tf.train.Feature
    written = tf.train.Example(
        features=tf.train.Features(
            feature={
                "a": feature(bytes_list=tf.train.BytesList(value=[b"one", b""])),
                "b": feature(float_list=tf.train.FloatList(value=[0.5, -2.0])),
                "c": feature(int64_list=tf.train.Int64List(value=[7, 10**9])),
                "d": feature(),
            }
        )
    )
    read = examples.decode(written.SerializeToString())
    assert read["a"] == [b"one", b""]
    np.testing.assert_array_equal(read["b"], np.array([0.5, -2.0], "float32"))
    assert read["c"] == [7, 10**9]
    assert read["d"] == []


def test_equal_content_is_equal_bytes():
    assert examples.encode(FEATURES) == examples.encode(dict(FEATURES))


def test_other_bytes_are_refused_and_nothing_else_happens():
    """Cut short anywhere, with any one byte replaced, and altogether random."""
    data = examples.encode({**FEATURES, "audio": b"sound"})
    generator = np.random.default_rng(0)
    damaged = [data[:n] for n in range(1, len(data))]
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] = generator.integers(256)
        damaged.append(bytes(changed))
    damaged += [generator.bytes(int(n)) for n in generator.integers(1, 100, 500)]
    n_refused = 0
    for content in damaged:
        try:
            examples.decode(content)
        except ValueError as error:
            assert "no tf.train.Example" in str(error)
            n_refused += 1
    assert n_refused > len(damaged) / 2


@pytest.mark.parametrize("n_fields", [0, 1])
def test_an_empty_example_has_no_features(n_fields):
    assert examples.decode(b"\x0a\x00" * n_fields) == {}

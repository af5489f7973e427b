"""Numbers come through JSON as they were."""

import json

import numpy as np
import pytest

from keras_speech.serving.tensors import CHUNK, predictions_json


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
@pytest.mark.parametrize("shape", [(0,), (1,), (CHUNK + 1,), (2, 0), (2, CHUNK + 1), (2, 3, 4)])
def test_numbers_come_back_exactly(dtype, shape):
    random = np.random.default_rng(0)
    values = (random.normal(size=shape) * 10.0 ** random.integers(-30, 9, shape)).astype(dtype)
    back = json.loads(predictions_json({"a": values}, by_rows=False))["outputs"]
    np.testing.assert_array_equal(np.array(back, dtype).reshape(shape), values)
    rows = json.loads(predictions_json({"a": values, "b": values}, by_rows=True))["predictions"]
    assert [row["a"] for row in rows] == back


def test_bytes_are_base64_by_their_names():
    outputs = {"x_bytes": [b"\xff"], "x": ["ä".encode()]}
    answer = json.loads(predictions_json(outputs, by_rows=True))
    assert answer == {"predictions": [{"x_bytes": {"b64": "/w=="}, "x": "ä"}]}

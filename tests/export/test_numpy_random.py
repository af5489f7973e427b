"""Random numbers in a graph are NumPy's, to the bit."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.export.numpy_random import uniform


@pytest.mark.parametrize("n", [1, 2, 7, 1000])
def test_numbers_are_those_of_default_rng(n):
    draw = tf.function(lambda seed: uniform(seed, n), input_signature=[tf.TensorSpec([], tf.int64)])
    for seed in (0, 1, 2**32 - 1, 2**32, 2**33 + 5, 2**63 - 1):
        expected = np.random.default_rng(seed).random(n, dtype="float32")
        np.testing.assert_array_equal(draw(seed), expected)

"""What is drawn by a seed, on JAX: in one process for all."""

import json

import numpy as np
import pytest

from jax_process import run_on_jax
from keras_speech.ops.counter_noise import uniform
from ops.test_decoding import check_sample

CODE = """
import json, jax, numpy as np
from keras_speech.ops.counter_noise import uniform
from ops.test_decoding import check_sample
noise = jax.jit(lambda seed, start: uniform(seed, start, (5, 3, 2)))(np.uint32(9), np.uint32(77))
print(json.dumps({"noise": np.asarray(noise, "float64").tolist(), "tokens": check_sample()}))
"""


@pytest.fixture(scope="module")
def on_jax():
    return json.loads(run_on_jax(CODE).splitlines()[-1])


def test_noise_is_the_same_under_jit(on_jax):
    np.testing.assert_array_equal(on_jax["noise"], uniform(9, 77, (5, 3, 2)))


def test_the_same_seed_draws_the_same_tokens(on_jax):
    assert on_jax["tokens"] == check_sample()

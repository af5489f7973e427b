import numpy as np
import pytest

from keras_speech.layers import Prenet

FRAMES = np.random.default_rng(0).normal(size=(2, 5, 8)).astype("float32")


def test_dropout_acts_in_inference_at_its_rate():
    layer = Prenet((400,), dropout=0.25, seed=0)
    layer.build(FRAMES.shape)
    dense = np.maximum(FRAMES @ np.asarray(layer.dense[0].kernel), 0)
    kept = np.asarray(layer(FRAMES, training=False)) != 0
    assert 0.72 < kept[dense > 0].mean() < 0.78  # 2,000 draws: 5 sigma is 0.05


def test_noise_decides_what_is_dropped():
    layer = Prenet((3, 2), dropout=0.5)
    noise = np.array([0.4, 0.5, 0.9, 0.1, 0.7], dtype="float32")
    layer.build(FRAMES.shape)
    first = np.maximum(FRAMES @ np.asarray(layer.dense[0].kernel), 0)
    first = first * [0, 2, 2]  # kept where noise >= 0.5, and scaled by 1 / (1 - 0.5)
    second = np.maximum(first @ np.asarray(layer.dense[1].kernel), 0) * [0, 2]
    np.testing.assert_allclose(layer(FRAMES, noise=noise), second, atol=1e-5)


def test_the_same_seed_drops_the_same_units():
    outputs = []
    for _ in range(2):
        layer = Prenet((6,), seed=3)
        layer.build(FRAMES.shape)
        layer.dense[0].kernel.assign(np.ones((8, 6)))
        outputs.append(np.asarray(layer(np.abs(FRAMES))))
    np.testing.assert_array_equal(*outputs)


@pytest.mark.parametrize("arguments", [{"units": ()}, {"dropout": 1.0}, {"dropout": -0.1}])
def test_bad_arguments_are_named(arguments):
    with pytest.raises(ValueError, match=f"`{next(iter(arguments))}`.*Received"):
        Prenet(**arguments)

import numpy as np
import pytest

from keras_speech import layers


def test_the_scaled_sinusoids_are_added():
    x = np.random.default_rng(0).normal(size=(2, 5, 6)).astype("float32")
    layer = layers.ScaledPositionalEncoding(initial_scale=0.3)
    places = np.arange(5)[:, None] / 10000 ** (np.arange(3)[None, :] / 3)
    expected = x + 0.3 * np.concatenate([np.sin(places), np.cos(places)], axis=1)
    np.testing.assert_allclose(layer(x), expected, atol=1e-6)


def test_a_later_start_gives_the_end_of_the_whole():
    x = np.random.default_rng(0).normal(size=(2, 9, 6)).astype("float32")
    layer = layers.ScaledPositionalEncoding()
    np.testing.assert_allclose(layer(x[:, 4:], start=4), layer(x)[:, 4:], atol=1e-6)


def test_the_scale_is_the_one_thing_to_learn():
    layer = layers.ScaledPositionalEncoding()
    layer.build((None, None, 6))
    assert [w.shape for w in layer.trainable_weights] == [()]


def test_an_odd_width_is_named():
    with pytest.raises(ValueError, match="`channels` must be even. Received: channels=7"):
        layers.ScaledPositionalEncoding().build((None, None, 7))

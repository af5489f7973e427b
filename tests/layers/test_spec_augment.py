"""SpecAugment acts in training alone, by its seed."""

import numpy as np
import pytest

from keras_speech.layers import SpecAugment

MEL = np.random.default_rng(0).normal(size=(3, 40, 20)).astype("float32")


def test_acts_in_training_only():
    layer = SpecAugment(max_frames=10, max_bands=5, seed=1)
    np.testing.assert_array_equal(layer(MEL), MEL)
    np.testing.assert_array_equal(layer(MEL, training=False), MEL)
    assert (np.asarray(layer(MEL, training=True)) != MEL).any()


def test_the_seed_decides_and_calls_differ():
    def calls(seed):
        layer = SpecAugment(max_frames=10, max_bands=5, seed=seed)
        return [np.asarray(layer(MEL, training=True)) for _ in range(2)]

    first, same, other = calls(1), calls(1), calls(2)
    np.testing.assert_array_equal(first, same)
    assert (first[0] != first[1]).any() and (first[0] != other[0]).any()


def test_rows_have_masks_of_their_own_and_padding_none():
    layer = SpecAugment(max_frames=10, max_bands=5, value=9.0, seed=3)
    masked = np.asarray(layer(MEL, lengths=np.array([40, 25, 0]), training=True)) == 9.0
    assert masked[0].any() and masked[1, :25].any() and not masked[1, 25:].any()
    assert not masked[2].any() and (masked[0, :25] != masked[1, :25]).any()


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="`time_masks` must be an integer >= 0. Received: .*2.5"):
        SpecAugment(time_masks=2.5)

import numpy as np
import pytest

from keras_speech.layers import CBHG

X = np.random.default_rng(0).normal(size=(2, 6, 4)).astype("float32")
MASK = np.arange(6)[None] < np.array([[6], [3]])
TINY = dict(
    bank_size=4, bank_channels=3, projection_channels=5, highway_layers=2, highway_units=6,
    gru_units=3,
)  # fmt: skip


def longer():
    """`X` with more padding, and nonsense in it; and its mask."""
    padded = np.pad(X, [(0, 0), (0, 5), (0, 0)], constant_values=9.0)
    padded[1, 3:] = -7.0
    return padded, np.pad(MASK, [(0, 0), (0, 5)])


@pytest.mark.parametrize("training", [False, True])
def test_padding_changes_nothing(training):
    layer = CBHG(**TINY)
    layer.build(X.shape)
    short = np.asarray(layer(X, mask=MASK, training=training))
    padded, mask = longer()
    long = np.asarray(layer(padded, mask=mask, training=training))
    np.testing.assert_allclose(long[:, :6][MASK], short[MASK], atol=1e-5)
    assert np.all(long[~mask] == 0)


def test_padding_leaves_the_statistics():
    layers = [CBHG(**TINY), CBHG(**TINY)]
    for layer in layers:
        layer.build(X.shape)
        layer.set_weights(layers[0].get_weights())
    layers[0](X, mask=MASK, training=True)
    padded, mask = longer()
    layers[1](padded, mask=mask, training=True)
    found = [[np.asarray(w) for w in layer.non_trainable_weights] for layer in layers]
    assert np.abs(found[0][0]).max() > 0
    for short, long in zip(*found, strict=True):
        np.testing.assert_allclose(long, short, atol=1e-5)


def test_a_row_alone_is_the_row_in_a_batch():
    layer = CBHG(**TINY)
    both = np.asarray(layer(X, mask=MASK))
    np.testing.assert_allclose(layer(X[1:, :3]), both[1:, :3], atol=1e-5)


def test_every_part_is_there():
    """Tacotron's encoder: K = 16, everything 128 wide."""
    layer = CBHG()
    layer.build((None, None, 128))
    bank = sum(size * 128 * 128 for size in range(1, 17)) + 2 * 16 * 128
    # Two convolutions of length 3, each with bias, scale and offset.
    projections = (3 * 2048 * 128 + 3 * 128) + (3 * 128 * 128 + 3 * 128)
    highways = 4 * 2 * (128 * 128 + 128)
    grus = 2 * 3 * (128 * 128 + 128 * 128 + 2 * 128)
    counted = sum(int(np.prod(w.shape)) for w in layer.trainable_weights)
    assert counted == bank + projections + highways + grus == 3_398_912


def test_bad_sizes_are_named():
    with pytest.raises(ValueError, match="`bank_size` must be a whole number from 1. Received"):
        CBHG(bank_size=0)
    with pytest.raises(ValueError, match="`highway_layers` must be a whole number from 0"):
        CBHG(highway_layers=-1)

import numpy as np
import pytest

from keras_speech.layers import ConvNorm1D, Postnet

X = np.random.default_rng(0).normal(size=(2, 6, 4)).astype("float32")
MASK = np.arange(6)[None] < np.array([[6], [3]])


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(
    "make", [lambda: ConvNorm1D(4, dropout=0.0), lambda: Postnet(8, dropout=0.0)]
)
def test_padding_changes_nothing(make, training):
    layer = make()
    layer.build(X.shape)
    short = np.asarray(layer(X, mask=MASK, training=training))
    longer = np.pad(X, [(0, 0), (0, 5), (0, 0)], constant_values=9.0)
    longer[1, 3:] = -7.0
    mask = np.pad(MASK, [(0, 0), (0, 5)])
    long = np.asarray(layer(longer, mask=mask, training=training))[:, :6]
    np.testing.assert_allclose(long[MASK], short[MASK], atol=1e-5)


def test_normalization_counts_real_steps_only():
    layer = ConvNorm1D(4, kernel_size=1, activation=None, dropout=0.0)
    out = np.asarray(layer(X, mask=MASK, training=True))[MASK]
    np.testing.assert_allclose(out.mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(out.var(axis=0), 1.0, atol=1e-3)


def test_a_postnet_needs_a_layer():
    with pytest.raises(ValueError, match="`n_layers` must be at least 1. Received: n_layers=0"):
        Postnet(n_layers=0)

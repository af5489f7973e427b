import keras
import numpy as np
import pytest

from keras_speech.layers import AffineCoupling, GatedConvolutionStack
from keras_speech.layers.affine_coupling import softly_bounded
from layers.test_gated_convolution_stack import moved

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(2, 6, 4)).astype("float32")
CONDITION = RANDOM.normal(size=(2, 6, 5)).astype("float32")


def coupling(channels=4, **kwargs):
    net = GatedConvolutionStack(2 * (channels - channels // 2), channels=6, n_layers=2)
    return AffineCoupling(net, **kwargs)


def test_inverse_recovers_input():
    layer = moved(coupling(), X, CONDITION)
    z, log_det = layer(X, CONDITION)
    assert np.abs(z - X).max() > 0.1 and np.abs(log_det).min() > 0.1
    np.testing.assert_allclose(layer.inverse(z, CONDITION), X, atol=1e-5)


def test_log_determinant_is_that_of_the_numeric_jacobian():
    layer = moved(coupling(channels=3), X[..., :3])

    def flat(x):
        return np.asarray(layer(x.reshape(-1, 6, 3).astype("float32"))[0]).reshape(len(x), -1)

    x, step = X[:1, :, :3].reshape(1, -1), 1e-2
    steps = step * np.eye(x.shape[1])
    jacobian = (flat(x + steps) - flat(x - steps)) / (2 * step)
    expected = np.linalg.slogdet(jacobian.astype("float64"))[1]
    np.testing.assert_allclose(layer(X[:1, :, :3])[1], [expected], atol=2e-3)


def test_padding_changes_nothing_and_does_not_count():
    layer = moved(coupling(), X, CONDITION)
    mask = np.arange(6) < np.array([[6], [4]])
    z, log_det = layer(X, CONDITION, mask=mask)
    alone, alone_log_det = layer(X[1:, :4], CONDITION[1:, :4])
    np.testing.assert_allclose(z[1:, :4], alone, atol=1e-6)
    np.testing.assert_allclose(log_det[1:], alone_log_det, atol=1e-5)
    np.testing.assert_allclose(layer.inverse(z, CONDITION, mask), X, atol=1e-5)


def test_samples_keep_float32_in_bfloat16():
    """They are inverted to float32's precision though the net computes in bfloat16."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        layer = moved(coupling(), X)
    finally:
        keras.config.set_dtype_policy(before)
    z, log_det = layer(X)
    assert z.dtype == log_det.dtype == "float32" and layer.net.compute_dtype == "bfloat16"
    np.testing.assert_allclose(layer.inverse(z), X, atol=1e-5)


def test_scales_are_bounded_smoothly_and_left_alone_where_they_are_small():
    x = np.array([-1e4, -6, -1, 0, 5.9, 6, 6.001, 7, 100], "float32")
    bounded = np.asarray(softly_bounded(x))
    np.testing.assert_array_equal(bounded[1:6], x[1:6])
    assert (np.diff(bounded) > 0).all() and np.abs(bounded).max() <= 8
    np.testing.assert_allclose(bounded[6], 6.001, rtol=1e-6)


def test_nets_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="`net` must give 4 channels.*Received: 6 channels"):
        AffineCoupling(GatedConvolutionStack(6, channels=4, n_layers=1))(X)
    with pytest.raises(ValueError, match="at least 2 channels"):
        coupling()(X[..., :1])

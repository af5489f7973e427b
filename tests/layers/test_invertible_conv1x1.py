import keras
import numpy as np
import pytest

from keras_speech.layers import InvertibleConv1x1

X = np.random.default_rng(0).normal(size=(2, 7, 6)).astype("float32")


def built(**kwargs):
    layer = InvertibleConv1x1(**kwargs)
    layer.build((None, None, 6))
    return layer


def moved(layer, deviation=0.5, seed=1):
    noise = np.random.default_rng(seed).normal(0, deviation, layer.kernel.shape)
    layer.kernel.assign_add(noise.astype("float32"))
    return layer


def test_it_starts_as_a_random_rotation():
    first, second = built(), built()
    for matrix in (np.asarray(first.matrix()), np.asarray(second.matrix())):
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(6), atol=1e-5)
        np.testing.assert_allclose(np.linalg.det(matrix), 1, atol=1e-5)
    assert np.abs(first.matrix() - second.matrix()).max() > 0.1
    np.testing.assert_allclose(first.log_det(), 0, atol=1e-5)
    keras.utils.set_random_seed(5)
    one = built().matrix()
    keras.utils.set_random_seed(5)
    np.testing.assert_array_equal(built().matrix(), one)


def test_each_step_is_multiplied_by_the_matrix():
    layer = moved(built())
    z, log_det = layer(X)
    matrix = np.asarray(layer.matrix())
    np.testing.assert_allclose(z, np.einsum("ij,btj->bti", matrix, X), atol=1e-5)
    np.testing.assert_allclose(log_det, [7 * np.linalg.slogdet(matrix)[1]] * 2, rtol=1e-4)


def test_inverse_recovers_input():
    layer = moved(built())
    np.testing.assert_allclose(layer.inverse(layer(X)[0]), X, atol=1e-5)


def test_padding_does_not_count_in_the_log_determinant():
    layer = moved(built())
    _, log_det = layer(X, mask=np.arange(7) < np.array([[7], [3]]))
    np.testing.assert_allclose(log_det / layer.log_det(), [7, 3], rtol=1e-5)


@pytest.mark.parametrize("order", [None, (2, 1, 3, 4, 5, 6)], ids=["positive", "negative"])
def test_the_determinant_keeps_its_sign_however_far_its_weights_go(order):
    layer = built(order=order)
    for seed in range(20):
        moved(layer, deviation=0.15, seed=seed)
        matrix = np.asarray(layer.matrix(), "float64")
        sign, log_det = np.linalg.slogdet(matrix)
        assert sign == (1 if order is None else -1)
        np.testing.assert_allclose(layer.log_det(), log_det, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("sign", [1, -1])
def test_any_matrix_that_has_an_inverse_can_be_set(sign):
    matrix = np.random.default_rng(3).normal(size=(6, 6)).astype("float32")
    matrix[0] *= sign * np.sign(np.linalg.det(matrix))
    layer = built()
    layer.set_matrix(matrix)
    np.testing.assert_allclose(layer.matrix(), matrix, atol=1e-5)
    np.testing.assert_allclose(layer.log_det(), np.linalg.slogdet(matrix)[1], rtol=1e-4)
    copy = InvertibleConv1x1.from_config(layer.get_config())
    copy.build((None, None, 6))
    copy.set_weights(layer.get_weights())
    np.testing.assert_array_equal(copy.matrix(), layer.matrix())
    np.testing.assert_allclose(copy.inverse(copy(X)[0]), X, atol=1e-4)


def test_matrices_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="`matrix` must be one that can be inverted"):
        built().set_matrix(np.ones((6, 6)))
    with pytest.raises(ValueError, match=r"must have the shape \(6, 6\). Received: shape=\(2, 2\)"):
        built().set_matrix(np.eye(2))
    with pytest.raises(ValueError, match="`order` must name each of the 6 channels once"):
        built(order=(1, 2, 3, 4, 5, 5))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_everything_is_float32_under_any_policy(policy):
    layer = moved(built(dtype=policy))
    z, log_det = layer(X)
    assert z.dtype == log_det.dtype == layer.inverse(z).dtype == "float32"
    np.testing.assert_allclose(layer.inverse(z), X, atol=1e-5)

import numpy as np

from keras_speech.layers import GaussianUpsampling

DURATIONS = np.array([[2, 0, 5, 3], [4, 1, 0, 0]], "int32")


def upsampled(durations=DURATIONS, n_frames=12, channels=3):
    layer = GaussianUpsampling()
    values = np.random.default_rng(0).normal(size=(*durations.shape, channels)).astype("float32")
    layer.build(values.shape)
    layer.range_dense.set_weights([w * 0.1 for w in layer.range_dense.get_weights()])
    outputs, weights = layer(values, durations, n_frames=n_frames)
    return layer, values, np.asarray(outputs), np.asarray(weights)


def test_weights_sum_to_one_and_are_zero_where_nothing_is():
    _, _, outputs, weights = upsampled()
    for row, n in enumerate([10, 5]):
        np.testing.assert_allclose(weights[row, :n].sum(axis=-1), 1.0, rtol=1e-5)
        assert not weights[row, n:].any() and not outputs[row, n:].any()
    assert not weights[0, :, 1].any() and not weights[1, :, 2:].any()


def test_weights_are_the_papers_gaussians():
    layer, values, outputs, weights = upsampled()
    kernel, bias = layer.range_dense.get_weights()
    for row in range(2):
        heard = DURATIONS[row] > 0
        seen = np.concatenate([values[row], np.log1p(DURATIONS[row])[:, None]], axis=1)
        ranges = np.log1p(np.exp(seen @ kernel + bias))[:, 0] + 0.3
        centers = np.cumsum(DURATIONS[row]) - DURATIONS[row] / 2
        for t in range(DURATIONS[row].sum()):
            density = np.exp(-((t + 0.5 - centers) ** 2) / (2 * ranges**2)) / ranges * heard
            expected = density / density.sum()
            np.testing.assert_allclose(weights[row, t], expected, atol=1e-5)
            np.testing.assert_allclose(outputs[row, t], expected @ values[row], atol=1e-5)


def test_the_middle_of_a_token_is_its_own():
    _, _, _, weights = upsampled(np.array([[9, 9, 9]]), n_frames=27)
    assert weights[0, [4, 13, 22]].argmax(axis=1).tolist() == [0, 1, 2]
    assert (weights[0, [4, 13, 22], [0, 1, 2]] > 0.9).all()


def test_the_length_is_the_longest_row_unless_given():
    layer, values, _, _ = upsampled()
    outputs, _ = layer(values, DURATIONS)
    assert outputs.shape == (2, 10, 3)

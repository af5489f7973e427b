import numpy as np
import pytest

from keras_speech.layers import FFTBlock


@pytest.mark.parametrize("n_heads", [0, 2])
@pytest.mark.parametrize("norm_first", [False, True])
def test_padding_changes_nothing(n_heads, norm_first):
    layer = FFTBlock(8, n_heads, filters=12, kernel_sizes=(5, 3), norm_first=norm_first)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 9, 8)).astype("float32")
    mask = np.arange(9) < np.array([[9], [6]])
    longer = np.concatenate([x, rng.normal(size=(2, 4, 8)) + 3.0], axis=1)
    longer[1, 6:] = 7.0
    short = layer(x, mask=mask)
    long = layer(longer, mask=np.arange(13) < np.array([[9], [6]]))
    for row, n in enumerate([9, 6]):
        np.testing.assert_allclose(long[row, :n], short[row, :n], atol=1e-5)


def test_without_heads_a_step_sees_no_further_than_the_convolutions():
    layer = FFTBlock(8, n_heads=0, filters=12, kernel_sizes=(5, 3))
    x = np.random.default_rng(0).normal(size=(1, 20, 8)).astype("float32")
    changed = x.copy()
    changed[0, 10] += 1.0
    differs = np.abs(np.asarray(layer(changed)) - np.asarray(layer(x)))[0].max(axis=1) > 1e-6
    assert np.flatnonzero(differs).tolist() == list(range(7, 14))  # 2 + 1 steps on each side


def test_heads_must_divide_the_channels():
    with pytest.raises(ValueError, match="channels=8, n_heads=3"):
        FFTBlock(8, n_heads=3)

import numpy as np
import pytest
from keras import ops

from keras_speech.ops import griffin_lim, portable, recurrence, stft


@pytest.mark.parametrize("n", [1, 2, 7, 8, 60, 1024])
def test_transforms_are_numpys(n):
    x = np.random.default_rng(0).normal(size=(2, 3, n)).astype("float32")
    with portable.scope():
        real, imag = portable.rfft(x, ops)
        back = portable.irfft(real, imag, n, ops)
    expected = np.fft.rfft(x)
    np.testing.assert_allclose(real, expected.real, atol=2e-5 * n**0.5)
    np.testing.assert_allclose(imag, expected.imag, atol=2e-5 * n**0.5)
    np.testing.assert_allclose(back, x, atol=1e-5)


def test_a_given_transform_is_used_inside_alone():
    x = np.ones((1, 4), "float32")

    def doubled(x):
        real, imag = portable.rfft_by_products(x)
        return 2 * real, 2 * imag

    with portable.scope(doubled):
        inside, _ = portable.rfft(x, ops)
    outside, _ = portable.rfft(x, ops)
    assert float(inside[0, 0]) == 8.0
    assert float(outside[0, 0]) == 4.0
    assert not portable.is_portable()


def test_scope_changes_no_sound():
    magnitude = np.random.default_rng(0).random((1, 6, 17), dtype="float32")
    settings = dict(n_fft=32, hop_length=8, win_length=32, seed=0, n_iter=3)
    expected = griffin_lim.griffin_lim(magnitude, **settings)
    samples = np.sin(np.arange(100, dtype="float32"))
    with portable.scope():
        np.testing.assert_allclose(
            griffin_lim.griffin_lim(magnitude, **settings), expected, atol=1e-5
        )
        frame = dict(n_fft=32, hop_length=8, win_length=32, padding="center")
        back = stft.istft(*stft.stft(samples, **frame), **frame, length=100)
    np.testing.assert_allclose(back[:96], samples[:96], atol=1e-5)


@pytest.mark.parametrize("reverse", [False, True])
def test_scan_in_place_is_scan(reverse):
    x = np.arange(8, dtype="float32").reshape(4, 2)
    y = np.array([1, 2, 3, 4], dtype="float32")

    def step(carry, row):
        total = carry[0] + row[1]
        return (total,), (row[0] * total, total > 3)

    arguments = step, (ops.zeros(()),), (x[0], y[0] > 3), (x, y)
    (expected_last,), expected = recurrence.scan(*arguments, reverse=reverse)
    with portable.scope():
        (last,), stacked = recurrence.scan(*arguments, reverse=reverse)
    assert float(last) == float(expected_last) == 10.0
    for ours, theirs in zip(stacked, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_argmax_is_the_first_of_equals():
    x = np.array([[-1.0, -0.0, 0.0], [3.0, 1.0, 3.0]], "float32")
    with portable.scope():
        np.testing.assert_array_equal(portable.argmax(x), np.argmax(x, axis=1))
    np.testing.assert_array_equal(portable.argmax(x[1:]), [0])

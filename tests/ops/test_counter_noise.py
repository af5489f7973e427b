import numpy as np
import pytest

from keras_speech.ops import counter_noise


def uniform(seed, start, shape):
    return np.asarray(counter_noise.uniform(seed, start, shape))


def naive(seed, start, shape):
    """The same numbers one by one, in Python's integers."""

    def lowbias32(x):
        x = (x ^ (x >> 16)) * 0x7FEB352D % 2**32
        x = (x ^ (x >> 15)) * 0x846CA68B % 2**32
        return x ^ (x >> 16)

    numbers = np.empty(shape)
    for i, j, k in np.ndindex(shape):
        x = lowbias32(lowbias32((start + i) % 2**32) ^ seed)
        x = lowbias32(x ^ (j * 0x9E3779B9 + 1) % 2**32)
        x = lowbias32(x ^ (k * 0x9E3779B9 + 2) % 2**32)
        numbers[i, j, k] = ((x >> 9) + 0.5) / 2**23
    return numbers


@pytest.mark.parametrize("seed, start", [(0, 0), (7, 1000), (2**32 - 1, 2**31 - 2)])
def test_equals_naive_hash(seed, start):
    shape = (6, 3, 2)
    seed_, start_ = np.uint32(seed), np.uint32(start)
    np.testing.assert_array_equal(uniform(seed_, start_, shape), naive(seed, start, shape))


def test_parts_are_parts_of_the_whole():
    """Along each axis: chunks of a signal, rows of a batch, numbers for one sample."""
    whole = uniform(3, 10, (40, 5, 3))
    for start, stop in [(0, 1), (1, 8), (8, 40)]:
        part = uniform(3, 10 + start, (stop - start, 5, 3))
        np.testing.assert_array_equal(part, whole[start:stop])
    np.testing.assert_array_equal(uniform(3, 10, (40, 2, 1)), whole[:, :2, :1])


def test_goes_on_after_the_last_index():
    across = uniform(3, np.uint32(2**32 - 2), (4, 1, 1))
    np.testing.assert_array_equal(across[2:], uniform(3, 0, (2, 1, 1)))


def test_is_uniform_within_its_ends():
    """50,000 numbers in 100 bins: chi-square below 149, the 99.9 % point of 99 degrees."""
    numbers = uniform(1, 0, (10000, 5, 1)).ravel()
    assert numbers.dtype == np.float32 and 0 < numbers.min() and numbers.max() < 1
    counts, _ = np.histogram(numbers, bins=100, range=(0, 1))
    assert ((counts - 500) ** 2 / 500).sum() < 149


def test_neighbors_along_each_axis_and_seeds_do_not_correlate():
    """Of n pairs |r| is below 4 / sqrt(n) but once in 16,000 times."""
    noise = uniform(1, 0, (3000, 4, 2))
    pairs = {
        "time": (noise[1:], noise[:-1]),
        "batch": (noise[:, 1:], noise[:, :-1]),
        "number": (noise[:, :, 1], noise[:, :, 0]),
        "seed": (noise, uniform(2, 0, noise.shape)),
        "seed and time": (noise[1:], uniform(2, 0, noise.shape)[:-1]),
    }
    for name, (a, b) in pairs.items():
        r = np.corrcoef(a.ravel(), b.ravel())[0, 1]
        assert abs(r) < 4 / np.sqrt(a.size), (name, r)


def test_all_numbers_differ():
    """Of 5,000 numbers of 23 bits, 1.5 pairs should be equal: 5000**2 / 2**24."""
    noise = uniform(5, 0, (1000, 5, 1))
    assert len(np.unique(noise)) > 4990

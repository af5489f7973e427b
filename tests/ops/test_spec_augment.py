"""Masks of SpecAugment, against a naive loop."""

import numpy as np
import pytest

from keras_speech.ops.spec_augment import check_masks, spec_augment

FRAMES, BANDS = 50, 16


def draws(rows, masks, seed):
    return np.random.default_rng(seed).uniform(size=(rows, masks, 2)).astype("float32")


def naive(mel, time_draws, band_draws, lengths, *, max_frames, max_bands, max_fraction, value):
    masked = mel.copy()
    for row, length in enumerate(lengths):
        fill = mel[row, :length].mean() if value is None else value
        for draw, size, widest, axis in (
            *((d, length, min(max_frames, int(length * max_fraction)), 0) for d in time_draws[row]),
            *((d, BANDS, min(max_bands, BANDS), 1) for d in band_draws[row]),
        ):
            width = int(draw[0] * (widest + 1))
            first = int(draw[1] * (size - width + 1))
            real = masked[row, :length]
            real[(slice(None),) * axis + (slice(first, first + width),)] = fill
    return masked


@pytest.mark.parametrize("value", [None, 0.0])
@pytest.mark.parametrize("max_fraction", [1.0, 0.3])
def test_equals_the_naive_loop(value, max_fraction):
    mel = np.random.default_rng(0).normal(size=(40, FRAMES, BANDS)).astype("float32")
    lengths = np.random.default_rng(1).integers(0, FRAMES + 1, 40)
    lengths[:2] = 1, FRAMES
    options = dict(max_frames=20, max_bands=30, max_fraction=max_fraction, value=value)
    arguments = mel, draws(40, 2, 2), draws(40, 3, 3), lengths
    with np.errstate(invalid="ignore"):
        expected = naive(*arguments, **options)
    np.testing.assert_allclose(spec_augment(*arguments, **options), expected, atol=1e-6)


def test_masks_keep_their_bounds_and_reach_them():
    """Of 4,000 rows: widths from 0 to the largest, places from the first to the last."""
    mel, none = np.ones((4000, FRAMES, 1), "float32"), np.zeros((4000, 0, 2), "float32")
    lengths = np.full(4000, 30)
    masked = spec_augment(mel, draws(4000, 1, 0), none, lengths, max_frames=9, value=0.0)
    inside = np.asarray(masked)[..., 0] == 0
    assert set(inside.sum(axis=1)) == set(range(10))
    assert not inside[:, 30:].any() and inside[:, 0].any() and inside[:, 29].any()
    edges = np.diff(np.pad(inside.astype(int), [[0, 0], [1, 1]]), axis=1)
    assert ((edges == 1).sum(axis=1) <= 1).all()  # one stretch each


def test_the_largest_draw_stays_inside():
    mel, none = np.ones((1, 7, 1), "float32"), np.zeros((1, 0, 2), "float32")
    largest = np.full((1, 1, 2), np.nextafter(np.float32(1), np.float32(0)))
    masked = np.asarray(spec_augment(mel, largest, none, max_frames=4, value=0.0))
    assert masked[0, :, 0].tolist() == [1, 1, 1, 0, 0, 0, 0]


def test_bad_settings_are_named():
    good = dict(time_masks=1, max_frames=2, band_masks=1, max_bands=2, max_fraction=0.5)
    with pytest.raises(ValueError, match="`max_bands` must be an integer >= 0. Received: .*-1"):
        check_masks(**{**good, "max_bands": -1})
    with pytest.raises(ValueError, match=r"`max_fraction` must lie in \[0, 1\]"):
        check_masks(**{**good, "max_fraction": 1.5})

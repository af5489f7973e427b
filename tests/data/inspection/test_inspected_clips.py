"""Columns of numbers, and what is far from usual in them."""

import numpy as np
import pytest

from inspected import clips_of


def test_seconds_per_character_leave_out_the_silence_at_the_ends():
    clips = clips_of(3, characters=np.array([28, 0, 14]), silence_after_s={2: 1.5})
    # (3 - 0.1 - 0.1) / 28 and (3 - 0.1 - 1.5) / 14
    np.testing.assert_allclose(clips.seconds_per_character, [0.1, np.nan, 0.1])
    assert clips_of(3).seconds_per_character is None


def test_an_unreadable_file_has_a_reason_and_no_numbers():
    clips = clips_of(2)
    clips = type(clips)(clips.recordings)
    clips.put(1, None, "broken")
    assert clips.errors == {1: "broken"} and not clips.readable.any()


def test_outliers_are_far_from_their_own_speaker():
    """Both speakers are usual by themselves; 3 s is far for one of them only."""
    rng = np.random.default_rng(0)
    speakers = ["slow", "fast"] * 50
    values = np.where(np.array(speakers) == "slow", 3.0, 1.0) + 0.1 * rng.standard_normal(100)
    clips = clips_of(100, speakers=speakers)
    assert not clips.outliers(values, least=0.05).any()
    values[7] = 3.0  # a fast one
    far = clips.outliers(values, least=0.05)
    assert np.flatnonzero(far).tolist() == [7]
    spread = 1.4826 * np.median(np.abs(0.1 * rng.standard_normal(10000)))
    assert far[7] == pytest.approx(2.0 / spread, rel=0.3)


def test_many_outliers_do_not_hide_themselves():
    values = np.concatenate([np.random.default_rng(0).standard_normal(80), np.full(20, 50.0)])
    assert np.count_nonzero(clips_of(100).outliers(values, least=0.05)) == 20


def test_equal_values_have_no_outliers_within_the_least_deviation():
    values = np.append(np.zeros(99), 0.2)
    clips = clips_of(100)
    assert not clips.outliers(values, least=0.05).any()
    assert clips.outliers(values, least=0.03)[99] == pytest.approx(0.2 / 0.03)


def test_of_a_handful_nothing_is_an_outlier():
    assert not clips_of(9).outliers(np.array([0.0] * 8 + [100]), least=0.1).any()

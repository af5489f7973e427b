"""Boundary errors on alignments small enough to check by eye."""

import math

import numpy as np
import pytest

from keras_speech.metrics import BoundaryErrors, boundary_errors


def test_each_boundary_counts_once_and_the_ends_of_the_recording_never():
    """Boundaries at 3, 5, 9 against 2, 6, 9: differences -1, 1, 0."""
    errors = boundary_errors([3, 2, 4, 1], [2, 4, 3, 1], frame_seconds=0.01)
    np.testing.assert_allclose(errors.seconds, [-0.01, 0.01, 0.0])
    assert errors.mean == pytest.approx(0.02 / 3)
    assert errors.median == pytest.approx(0.01)
    assert errors.bias == 0.0
    assert errors.within(0.005) == pytest.approx(1 / 3)
    assert errors.within(0.01) == 1.0


def test_the_end_before_a_pause_counts():
    """Phone, pause, phone: end of the first and beginning of the second."""
    errors = boundary_errors([3, 2, 4], [4, 2, 3], frame_seconds=1.0, compared=[True, False, True])
    assert errors.seconds.tolist() == [1.0, 1.0]
    last = boundary_errors([3, 2], [4, 1], frame_seconds=1.0, compared=[True, False])
    assert last.seconds.tolist() == [1.0]


def test_a_space_without_frames_is_no_boundary_of_its_own():
    with_space = boundary_errors(
        [3, 0, 4], [4, 0, 3], frame_seconds=1.0, compared=[True, False, True]
    )
    assert with_space.seconds.tolist() == [1.0]


def test_a_phone_that_one_alignment_leaves_out_is_not_compared():
    errors = boundary_errors([3, 0, 4, 2], [2, 2, 3, 2], frame_seconds=1.0)
    # The end of the first, the beginning of the third, the beginning of the fourth.
    assert errors.seconds.tolist() == [-1.0, 1.0, 0.0]


def test_parts_add_up():
    a = boundary_errors([3, 2], [4, 1], frame_seconds=1.0)
    b = boundary_errors([3, 5], [1, 7], frame_seconds=1.0)
    assert (a + b).seconds.tolist() == [1.0, -2.0]
    assert math.isnan(BoundaryErrors(np.zeros(0)).median)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (([1, 2], [1, 2, 3], 1.0), "one entry per token"),
        (([1, -2], [1, 2], 1.0), "`reference` must hold a whole number of frames"),
        (([1, 2], [1, 2.5], 1.0), "`found` must hold a whole number of frames"),
        (([1, 2], [1, 2], 0.0), "`frame_seconds` must be greater than 0"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    reference, found, frame_seconds = arguments
    with pytest.raises(ValueError, match=message):
        boundary_errors(reference, found, frame_seconds=frame_seconds)

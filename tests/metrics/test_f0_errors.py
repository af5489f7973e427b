"""Pitch errors against closed forms."""

import math

import numpy as np
import pytest

from keras_speech.metrics import F0Errors, f0_errors


def test_an_octave_is_1200_cents():
    errors = f0_errors([100.0] * 4, [200.0] * 4)
    assert errors.rmse_cents == pytest.approx(1200.0)
    assert errors.rmse_hz == pytest.approx(100.0)
    assert errors.voicing_error == 0.0


def test_root_mean_square():
    """sqrt((3^2 + 4^2) / 2) Hz."""
    assert f0_errors([100.0, 100.0], [103.0, 96.0]).rmse_hz == pytest.approx(math.sqrt(12.5))


def test_only_frames_voiced_in_both_are_compared():
    errors = f0_errors([100.0, 0.0, 100.0, np.nan], [100.0, 300.0, np.nan, 0.0])
    assert (errors.pairs, errors.both_voiced, errors.voicing_disagreements) == (4, 1, 2)
    assert errors.rmse_hz == 0.0
    assert errors.voicing_error == 0.5


def test_path_picks_the_pairs():
    path = [(0, 0), (1, 0), (1, 1)]
    errors = f0_errors([100.0, 200.0], [100.0, 200.0], path)
    assert errors.pairs == 3
    assert errors.rmse_hz == pytest.approx(math.sqrt(100.0**2 / 3))


def test_sums_equal_the_whole():
    rng = np.random.default_rng(0)
    a, b = rng.uniform(80, 300, 40), rng.uniform(80, 300, 40)
    a[rng.random(40) < 0.3] = 0
    parts = f0_errors(a[:11], b[:11]) + f0_errors(a[11:], b[11:])
    whole = f0_errors(a, b)
    assert parts.pairs == whole.pairs
    assert parts.rmse_cents == pytest.approx(whole.rmse_cents)
    assert parts.voicing_error == pytest.approx(whole.voicing_error)


def test_without_voice_there_is_no_pitch_error():
    assert math.isnan(f0_errors([0.0], [100.0]).rmse_hz)
    assert math.isnan(F0Errors().voicing_error)


@pytest.mark.parametrize(
    "a, b, message",
    [([100.0], [100.0, 100.0], "same length"), ([-1.0], [100.0], "`reference_hz` must be")],
)
def test_bad_tracks_are_named(a, b, message):
    with pytest.raises(ValueError, match=message):
        f0_errors(a, b)

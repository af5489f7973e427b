import numpy as np
import pytest

from keras_speech.layers import DurationPredictor, VariancePredictor


@pytest.mark.parametrize("recurrent_units", [0, 6])
def test_padding_changes_nothing_and_is_zero(recurrent_units):
    layer = VariancePredictor(filters=8, recurrent_units=recurrent_units)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 7, 5)).astype("float32")
    mask = np.arange(7) < np.array([[7], [4]])
    longer = np.pad(x, [(0, 0), (0, 3), (0, 0)], constant_values=9.0)
    longer[1, 4:] = -5.0
    short = np.asarray(layer(x, mask=mask))
    long = np.asarray(layer(longer, mask=np.arange(10) < np.array([[7], [4]])))
    np.testing.assert_allclose(long[:, :7], short, atol=1e-5)
    assert not long[:, 7:].any() and not short[1, 4:].any()


def test_the_recurrent_form_hears_the_whole_sentence():
    x = np.random.default_rng(0).normal(size=(1, 30, 5)).astype("float32")
    changed = x.copy()
    changed[0, 0] += 1.0
    for units, reaches in ((0, False), (6, True)):
        layer = VariancePredictor(filters=8, recurrent_units=units)
        assert bool(np.asarray(layer(x))[0, -1] != np.asarray(layer(changed))[0, -1]) is reaches


def test_frames_are_what_the_target_was_made_of():
    predictor = DurationPredictor()
    durations = np.array([[3, 0, 7, 1], [2, 5, 0, 0]])
    log_durations = predictor.log_target(durations)
    np.testing.assert_array_equal(predictor.to_frames(log_durations), durations)


def test_ends_are_rounded_rather_than_lengths():
    """Ten tokens of 1.3 frames last 13 frames, not ten."""
    log_durations = np.log1p(np.full((1, 10), 1.3))
    assert int(np.asarray(DurationPredictor().to_frames(log_durations)).sum()) == 13


def test_speed_divides_lengths():
    log_durations = np.log1p(np.full((1, 10), 6.0))
    found = np.asarray(DurationPredictor().to_frames(log_durations, speed=2.0))
    np.testing.assert_array_equal(found, np.full((1, 10), 3))


def test_a_row_lasts_at_least_one_frame():
    silent, mask = np.full((2, 4), -2.0), np.arange(4) < np.array([[4], [2]])
    found = np.asarray(DurationPredictor().to_frames(silent, mask))
    assert found.tolist() == [[0, 0, 0, 1], [0, 1, 0, 0]]


@pytest.mark.parametrize("speed", [1.0, 1.7, 4.0, 40.0])
def test_haste_skips_no_token(speed):
    """What has a frame by itself keeps one; the ends are the earliest that allow it, by a loop."""
    frames = np.random.default_rng(0).gamma(1.0, 2.0, (3, 40)).astype("float32")
    found = np.asarray(DurationPredictor().to_frames(np.log1p(frames), speed=speed))
    least = (frames >= 0.5).astype(int)
    assert (found >= least).all() and (least == 0).any()
    rounded = np.floor(np.cumsum(frames / np.float32(speed), axis=1) + 0.5)
    end, expected = np.zeros(3), []
    for t in range(40):
        end = np.maximum(rounded[:, t], end + least[:, t])
        expected.append(end)
    np.testing.assert_array_equal(np.cumsum(found, axis=1), np.stack(expected, axis=1))

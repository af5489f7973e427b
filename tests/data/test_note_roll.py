"""Which keys sound when, as features."""

import numpy as np
import pytest

from keras_speech.data import note_roll, note_roll_channels

N_KEYS = 96 - 36 + 1


def test_keys_and_velocity_sound_between_onset_and_release():
    roll = note_roll((60, 64, 67), 10, frame_rate=100.0, onset_s=0.03, release_s=0.07, velocity=0.5)
    expected = np.zeros((10, N_KEYS), "float32")
    expected[3:7, [60 - 36, 64 - 36, 67 - 36]] = 1.0
    np.testing.assert_array_equal(roll[:, :N_KEYS], expected)
    np.testing.assert_array_equal(roll[:, -1], 0.5 * expected.max(axis=1))
    assert roll.dtype == "float32" and roll.shape == (10, note_roll_channels())


def test_silence_is_zero_in_every_channel():
    roll = note_roll((60,), 10, frame_rate=100.0, onset_s=0.03, release_s=0.07)
    assert not roll[:3].any() and not roll[7:].any()
    assert not note_roll((), 10, frame_rate=100.0).any()


def test_decays_count_from_the_onset_to_the_end_of_the_frame():
    roll = note_roll((60,), 50, frame_rate=80.0, onset_s=0.02)
    t = (np.arange(50) + 1) / 80.0 - 0.02
    for channel, decay in enumerate((0.02, 0.1, 0.5, 2.0)):
        expected = np.where(t > 0, np.exp(-t / decay), 0.0)
        np.testing.assert_allclose(roll[:, N_KEYS + 1 + channel], expected, atol=1e-6)


@pytest.mark.parametrize("onset_s, first", [(0.0, 0), (0.01, 1), (0.0099, 0), (0.29, 29)])
def test_the_onset_is_one_frame(onset_s, first):
    flag = note_roll((60,), 50, frame_rate=100.0, onset_s=onset_s)[:, N_KEYS]
    assert flag.nonzero()[0].tolist() == [first]


def test_a_later_window_of_a_roll_is_a_roll_with_an_earlier_onset():
    whole = note_roll((60, 63), 100, frame_rate=100.0, onset_s=0.013, release_s=0.7)
    part = note_roll((60, 63), 60, frame_rate=100.0, onset_s=0.013 - 0.4, release_s=0.3)
    np.testing.assert_allclose(part, whole[40:], atol=1e-6)
    assert not part[:, N_KEYS].any()


def test_the_range_of_keys_is_the_callers():
    roll = note_roll((21,), 3, frame_rate=100.0, lowest=21, highest=24)
    assert roll.shape == (3, note_roll_channels(21, 24)) == (3, 10)
    assert roll[0, :4].tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize(
    "change, rule",
    [
        ({"notes": (35, 60)}, r"`notes` must be from `lowest` to `highest`.*\[35\]"),
        ({"lowest": 70, "highest": 60}, "0 <= lowest <= highest <= 127.*lowest=70"),
        ({"n_frames": -1}, "`n_frames` must not be negative.*n_frames=-1"),
        ({"frame_rate": 0}, "`frame_rate` must be positive.*frame_rate=0"),
        ({"velocity": 1.5}, "`velocity` must be from 0 to 1.*velocity=1.5"),
        ({"release_s": -0.1}, "`release_s` must not be before `onset_s`.*release_s=-0.1"),
    ],
)
def test_what_cannot_be_is_an_error(change, rule):
    arguments = {"notes": (60,), "n_frames": 4, "frame_rate": 100.0} | change
    with pytest.raises(ValueError, match=rule):
        note_roll(**arguments)


def test_tones_are_sines_and_cosines_that_begin_with_the_onset():
    rate, onset, notes = 8000, 0.01, (57, 61)
    options = dict(frame_rate=rate, lowest=55, highest=62, onset_s=onset)
    plain = note_roll(notes, 400, **options)
    roll = note_roll(notes, 400, **options, tones=True)
    assert roll.shape == (400, note_roll_channels(55, 62, tones=True))
    np.testing.assert_array_equal(roll[:, : plain.shape[1]], plain)
    seconds = np.arange(400) / rate - onset
    expected = np.zeros((400, 2, 8))
    for note in notes:
        phase = 2 * np.pi * 440.0 * 2 ** ((note - 69) / 12) * seconds
        expected[:, :, note - 55] = np.stack([np.sin(phase), np.cos(phase)], axis=1)
    expected[seconds < -1e-9] = 0.0
    np.testing.assert_allclose(roll[:, plain.shape[1] :], expected.reshape(400, 16), atol=1e-4)


def test_tones_need_a_rate_that_can_carry_them():
    """Twice the pitch of the highest key, 2,093 Hz for C7, is not enough."""
    with pytest.raises(ValueError, match="`frame_rate` must be more than twice"):
        note_roll((60,), 10, frame_rate=4100.0, tones=True)

"""Level and edges of recordings."""

import numpy as np
import pytest

from keras_speech.data import Level, Trim


@pytest.mark.parametrize("amplitude", [0.001, 0.2, 3.0])
def test_peak_reaches_the_target(tone, amplitude):
    samples = Level(-6.0)(tone(amplitude=amplitude))
    np.testing.assert_allclose(np.abs(samples).max(), 10 ** (-6 / 20), rtol=1e-5)
    assert samples.dtype == np.float32


def test_rms_reaches_the_target(tone):
    samples = Level(-20.0, measure="rms")(tone())
    np.testing.assert_allclose(np.sqrt(np.mean(samples**2)), 10 ** (-20 / 20), rtol=1e-5)


def test_rms_never_drives_the_peak_over_full_scale():
    click = np.zeros(1000, "float32")
    click[500] = 0.1
    np.testing.assert_allclose(np.abs(Level(-3.0, measure="rms")(click)).max(), 1.0, rtol=1e-6)


def test_trim_keeps_the_loud_part_and_its_margin(tone):
    loud = tone(seconds=0.5)
    edge = np.full(11025, 1e-4, "float32")
    samples = np.concatenate([edge, loud, edge])
    # The tone starts at 0 and rises within a few samples, so the cut is exact but for those.
    margin = round(0.05 * 22050)
    trimmed = Trim(-40.0, margin_s=0.05)(samples, 22050)
    assert abs(len(trimmed) - (len(loud) + 2 * margin)) <= 10
    np.testing.assert_array_equal(Trim(-40.0)(samples * 0.01, 22050), trimmed * np.float32(0.01))


def test_trim_leaves_a_recording_without_edges(tone):
    samples = tone()
    np.testing.assert_array_equal(Trim(-40.0, margin_s=0.05)(samples, 22050), samples)


def test_silence_stays_as_it_is():
    silence = np.zeros(100, "float32")
    for edited in (Level()(silence), Level(measure="rms")(silence), Trim()(silence, 8000)):
        np.testing.assert_array_equal(edited, silence)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Level(1.0), "`dbfs` must be at most 0. Received: dbfs=1.0"),
        (lambda: Level(float("nan")), "`dbfs` must"),
        (lambda: Level(measure="lufs"), "`measure` must be .* Received: measure='lufs'"),
        (lambda: Trim(0.0), "`threshold_db` must be negative"),
        (lambda: Trim(margin_s=-1.0), "`margin_s` must not be negative"),
    ],
)
def test_a_bad_setting_is_an_error(make, message):
    with pytest.raises(ValueError, match=message):
        make()

import numpy as np
import pytest
from matplotlib.figure import Figure

from keras_speech import plots
from keras_speech.audio_spec import AudioSpec


@pytest.fixture
def ax():
    return Figure().subplots()


def test_waveform_keeps_its_peaks_when_there_are_many_samples(ax):
    samples = np.zeros(1_000_000)
    samples[123_456], samples[654_321] = 0.9, -0.8
    plots.plot_waveform(samples, 1000, ax=ax)
    drawn = ax.collections[0].get_paths()[0].vertices
    assert drawn[:, 1].max() == pytest.approx(0.9) and drawn[:, 1].min() == pytest.approx(-0.8)
    assert len(drawn) < 20_000
    assert ax.get_xlim() == (0, 1000) and ax.get_xlabel() == "Time (s)"


def test_mel_axis_is_in_seconds_with_a_spec_and_in_frames_without(ax):
    spec = AudioSpec(sample_rate=8000, hop_length=80, fmax=4000)
    plots.plot_mel(np.zeros((50, 80)), spec, ax=ax)
    # 50 frames of 80 samples at 8000 Hz
    assert ax.get_xlim() == (0, 0.5) and ax.get_xlabel() == "Time (s)"
    assert ax.get_ylim() == (0, 80) and ax.get_ylabel() == "Mel band"
    ax = plots.plot_mel(np.zeros((50, 80)), ax=Figure().subplots())
    assert ax.get_xlim() == (0, 50) and ax.get_xlabel() == "Frame"


def test_mel_draws_time_to_the_right_and_low_bands_below(ax):
    mel = np.arange(12.0).reshape(4, 3)
    image = plots.plot_mel(mel, ax=ax).images[0]
    np.testing.assert_array_equal(image.get_array(), mel.T)
    assert image.origin == "lower"


def test_alignment_names_its_tokens(ax):
    plots.plot_alignment(np.eye(3)[[0, 0, 1, 2]], symbols=["a", " ", "b"], ax=ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "␣", "b"]
    assert ax.images[0].get_clim() == (0, 1)
    assert ax.get_xlabel() == "Decoder step"


def test_symbols_must_fit(ax):
    with pytest.raises(ValueError, match=r"Received: 2 symbols, alignment of shape \(4, 3\)"):
        plots.plot_alignment(np.zeros((4, 3)), symbols=["a", "b"], ax=ax)


@pytest.mark.parametrize(
    "draw, name, value",
    [
        (lambda x: plots.plot_waveform(x, 8000), "samples", np.zeros((2, 5))),
        (plots.plot_mel, "mel", np.zeros(5)),
        (plots.plot_alignment, "alignment", np.zeros((1, 2, 3))),
    ],
)
def test_wrong_rank_is_named(draw, name, value):
    with pytest.raises(ValueError, match=f"`{name}` must have . dimension.*{len(value.shape)}?"):
        draw(value)


def test_nothing_to_draw_draws_nothing(ax):
    plots.plot_waveform(np.zeros(0), 8000, ax=ax)
    ax.figure.savefig("/dev/null", format="png")


def test_without_axes_the_current_ones_are_used():
    from matplotlib import pyplot as plt

    figure, ax = plt.subplots()
    assert plots.plot_waveform([0.0, 0.5], 2) is ax
    plt.close(figure)

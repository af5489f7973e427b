from types import SimpleNamespace

import keras
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure

from keras_speech import plots
from keras_speech.audio_spec import AudioSpec
from keras_speech.layers.heads import GaussianHead
from keras_speech.models.wavenet.wavenet import WaveNet


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
        (plots.plot_forecast, "paths", np.zeros(5)),
        (lambda x: plots.plot_forecast(np.zeros((4, 3)), history=x), "history", np.zeros((2, 5))),
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


def small_wavenet(**options):
    return SimpleNamespace(**{"kernel_size": 2, "input_kernel_size": 1, **options})


def drawn_dots(ax):
    """Row of the picture to the places of its dots."""
    dots = [c.get_offsets() for c in ax.collections if isinstance(c, PathCollection)]
    return {int(d[0, 1]): sorted(-d[:, 0].astype(int)) for d in dots}


def test_receptive_field_doubles_row_by_row(ax):
    plots.plot_receptive_field(small_wavenet(dilations=[1, 2, 4]), ax=ax)
    # From the prediction down: 4 back, then 2, then 1; the samples are read one step late.
    assert drawn_dots(ax) == {
        4: [0],
        3: [0, 4],
        2: [0, 2, 4, 6],
        1: [0, 1, 2, 3, 4, 5, 6, 7],
        0: [1, 2, 3, 4, 5, 6, 7, 8],
    }
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["samples", "input", "dilation 1", "dilation 2", "dilation 4"]


@pytest.mark.parametrize("kernel_size, input_kernel_size", [(2, 1), (3, 2)])
def test_receptive_field_is_what_the_model_depends_on(ax, kernel_size, input_kernel_size):
    keras.utils.set_random_seed(0)
    # Wide enough that no path is lost in the rounding of the others.
    model = WaveNet(1, 3, 16, 32, 16, kernel_size, input_kernel_size, head=GaussianHead())
    n = model.receptive_field + 3
    # Row i has another value at sample i; the last output predicts sample n - 1.
    samples = np.concatenate([np.zeros((1, n)), 3 * np.eye(n)]).astype("float32")
    outputs = np.asarray(model({"samples": samples})[:, -1])
    changed = np.flatnonzero(np.any(outputs[1:] != outputs[0], axis=-1))
    plots.plot_receptive_field(model, ax=ax)
    assert drawn_dots(ax)[0] == sorted(n - 1 - changed)
    assert len(changed) == model.receptive_field


def test_receptive_field_of_a_large_model_has_no_lines(ax):
    plots.plot_receptive_field(small_wavenet(dilations=[2**i for i in range(10)] * 3), ax=ax)
    assert not any(isinstance(c, LineCollection) for c in ax.collections)
    # 3 * (1 + 2 + ... + 512) + 1 samples
    assert drawn_dots(ax)[0] == list(range(1, 3 * 1023 + 2))


def test_forecast_bands_are_quantiles_that_begin_at_the_present(ax):
    paths = np.stack([np.arange(101.0), 2 * np.arange(101.0)], axis=1)
    plots.plot_forecast(paths, history=[7, 8, 9], actual=[50, 120], ax=ax)
    wide, half = (c.get_paths()[0].vertices for c in ax.collections)
    for band, low, high in ((wide, 5, 95), (half, 25, 75)):
        at_the_end = band[band[:, 0] == 2, 1]
        assert at_the_end.min() == pytest.approx(2 * low)
        assert at_the_end.max() == pytest.approx(2 * high)
        assert set(band[band[:, 0] == 0, 1]) == {9}
    history, median, actual = (line.get_xydata().tolist() for line in ax.lines)
    assert history == [[-2, 7], [-1, 8], [0, 9]]
    assert median == [[0, 9], [1, 50], [2, 100]]
    assert actual == [[0, 9], [1, 50], [2, 120]]


@pytest.mark.parametrize(
    "options, message",
    [
        ({"actual": [1, 2]}, "one value per step of `paths`. Received: 2 values"),
        ({"bands": (0.5, 1.0)}, r"`bands` must lie in \(0, 1\). Received: bands=\(0.5, 1.0\)"),
    ],
)
def test_forecast_says_what_is_wrong(ax, options, message):
    with pytest.raises(ValueError, match=message):
        plots.plot_forecast(np.zeros((4, 3)), ax=ax, **options)

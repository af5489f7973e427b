import base64
import io
import os
import re

import numpy as np
import pytest
import soundfile
from matplotlib import pyplot as plt

from keras_speech.voices import Speech
from keras_speech.voices import speech as speech_module


@pytest.fixture
def speech():
    rng = np.random.default_rng(0)
    return Speech(
        samples=(0.1 * rng.standard_normal(4000)).astype("float32"),
        sample_rate=8000,
        mel=rng.standard_normal((63, 20)).astype("float32"),
        alignment=rng.uniform(size=(32, 3)).astype("float32"),
        text="a <b> costs $5",
        symbols=("a", " ", "b"),
    )


def test_duration_is_in_seconds(speech):
    assert speech.duration == 4000 / 8000


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_save_can_be_read_back(speech, tmp_path, suffix):
    path = speech.save(str(tmp_path / f"speech{suffix}"))
    samples, rate = soundfile.read(path)
    assert rate == 8000 and samples.shape == (4000,)
    assert os.listdir(tmp_path) == [path.name]


def test_plot_labels_every_axis_with_its_unit(speech):
    figure = speech.plot()
    labels = [axis.get_xlabel() for axis in figure.axes if axis.get_xlabel()]
    assert labels == ["Time (s)"] * 3
    limits = [axis.get_xlim() for axis in figure.axes if axis.get_xlabel()]
    assert limits == [(0, 0.5)] * 3
    # Drawing fails for a title that Matplotlib takes for a formula.
    figure.savefig(io.BytesIO())
    plt.close(figure)


def test_plot_leaves_out_what_there_is_not(speech):
    figure = speech.samples_only().plot()
    assert len(figure.axes) == 1
    plt.close(figure)


def test_notebook_shows_a_player_and_a_picture(speech):
    page = speech._repr_html_()
    wav = re.search(r'<audio controls src="data:audio/wav;base64,([^"]+)"', page).group(1)
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(wav)))
    assert rate == 8000
    np.testing.assert_allclose(samples, speech.samples, atol=1 / 32768)
    png = re.search(r'src="data:image/png;base64,([^"]+)"', page).group(1)
    assert base64.b64decode(png).startswith(b"\x89PNG")
    assert "a &lt;b&gt; costs" in page and "<b>" not in page
    assert plt.get_fignums() == []


def test_notebook_does_not_embed_an_hour():
    page = Speech(np.zeros(3600 * 100, "float32"), 100, text="long")._repr_html_()
    assert "<audio" not in page and "3600 s" in page and len(page) < 1000


def test_repr_is_short(speech):
    assert repr(speech) == "<Speech 'a <b> costs $5': 0.50 s at 8000 Hz>"


def test_join_puts_alignments_beside_each_other(speech):
    joined = speech_module.join([speech, speech], text="both")
    assert joined.alignment.shape == (64, 6)
    np.testing.assert_array_equal(joined.alignment[32:, 3:], speech.alignment)
    assert not joined.alignment[:32, 3:].any() and not joined.alignment[32:, :3].any()
    assert joined.symbols == speech.symbols * 2
    assert len(joined.mel) == 2 * len(speech.mel)
    assert joined.duration == 2 * speech.duration

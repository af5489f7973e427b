"""Copy-synthesis of a corpus of gliding tones, with vocoders whose flaws are known."""

import json
import os
import re
import sys

import keras
import numpy as np
import pytest

import keras_speech as ks
from keras_speech.data import Corpus, Recording, write_wav
from keras_speech.evaluation import evaluate_vocoder, format_table
from signals import speech_like

SPEC = ks.AudioSpec(
    sample_rate=8_000, n_fft=256, hop_length=64, win_length=256, n_mels=40, fmax=4_000.0
)
TEXTS = {"a": "Open the <old> door.", "b": "Close the window.", "c": "Nobody came."}


class Perfect:
    """Knows the recordings; what `spoil` makes of them comes out, a hop for each frame."""

    name, spec = "perfect & known", SPEC

    def __init__(self, corpus, spoil=lambda samples: samples):
        self.known, self.spoil, self.calls = {}, spoil, []
        for recording in corpus:
            samples = ks.data.read_audio(recording.path, SPEC.sample_rate)
            self.known[1 + len(samples) // SPEC.hop_length] = samples

    def generate(self, mel, seed=0, gain=1.0):
        self.calls.append((mel.shape, seed))
        samples = gain * self.spoil(self.known[mel.shape[1]])
        return np.pad(samples, (0, mel.shape[1] * SPEC.hop_length - len(samples)))[None]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Recordings of different lengths, none a whole number of hops."""
    directory = tmp_path_factory.mktemp("corpus")
    recordings = []
    for seed, (name, text) in enumerate(TEXTS.items()):
        path = str(directory / f"{name}.wav")
        write_wav(path, speech_like(1.0 + 0.1 * seed + 0.003, SPEC.sample_rate, seed), 8_000)
        recordings.append(Recording(name, path, text))
    return Corpus(recordings, name="tones")


@pytest.fixture(scope="module")
def evaluated(corpus, tmp_path_factory):
    """The vocoder makes a click in every recording."""
    directory = tmp_path_factory.mktemp("out") / "evaluation"
    seen = []

    def click(samples):
        return np.where(np.arange(len(samples)) == 4321, 1.5, samples)

    vocoder = Perfect(corpus, click)
    result = evaluate_vocoder(
        vocoder,
        corpus,
        ids=["b", "a"],
        seed=7,
        output_directory=directory,
        n_examples=1,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(1, 2), (2, 2)]
    # The first recording is copied twice: the first time is not counted.
    assert [seed for _, seed in vocoder.calls] == [7, 7, 7]
    return result


def test_a_perfect_copy_is_at_no_distance(corpus):
    """4.64 and 1 are the highest scores of PESQ-WB and STOI."""
    result = evaluate_vocoder(Perfect(corpus), corpus, with_griffin_lim=False)
    totals = result["totals"]["vocoder"]
    assert totals["pesq_wb"] == pytest.approx(4.64, abs=0.01)
    assert totals["stoi"] == pytest.approx(1.0)
    for name in ("mcd_db", "log_spectral_distance_db", "multi_resolution_stft"):
        assert totals[name] == 0.0
    assert totals["largest_step_ratio"] == 1.0
    assert list(result["totals"]) == ["recording", "vocoder"]
    names = ("closed_lm_wer", "substitutions", "largest_step", "seconds", "words")
    assert [totals[name] for name in names] == [
        result["totals"]["recording"][name] for name in names
    ]


def test_a_click_is_found(evaluated):
    recording, griffin_lim, vocoder = (
        evaluated["totals"][name] for name in ("recording", "griffin_lim", "vocoder")
    )
    assert vocoder["largest_step"] > 1.2 > recording["largest_step"]
    assert vocoder["largest_step_ratio"] > 1.5 > griffin_lim["largest_step_ratio"]


def test_griffin_lim_is_measured_beside(evaluated):
    totals = evaluated["totals"]["griffin_lim"]
    assert 1.0 < totals["pesq_wb"] < 4.5
    assert 0.5 < totals["stoi"] < 1.0
    assert totals["multi_resolution_stft"] > 0.1
    assert totals["real_time_factor"] > 0.0
    assert "pesq_wb" not in evaluated["totals"]["recording"]


def test_level_is_brought_to_what_was_asked_for(corpus):
    class Loudness(Perfect):
        def generate(self, mel, seed=0):
            self.loudest = max(getattr(self, "loudest", -99.0), mel.max())
            return super().generate(mel, seed)

    # The copy keeps the recordings' peak of 0.5: 6 dB off, and 20 lg of it in every bin.
    vocoder = Loudness(corpus)
    options = {"with_griffin_lim": False, "with_perceptual": False, "limit": 1}
    as_recorded = evaluate_vocoder(vocoder, corpus, **options)
    before = vocoder.loudest
    result = evaluate_vocoder(vocoder, corpus, level=0.0, **options)
    assert vocoder.loudest - before == pytest.approx(np.log(2), abs=1e-3)
    distance = result["totals"]["vocoder"]["log_spectral_distance_db"]
    assert distance == pytest.approx(20 * np.log10(2), abs=1.5)
    assert as_recorded["totals"]["vocoder"]["log_spectral_distance_db"] == 0.0
    assert result["settings"]["level"] == {"dbfs": 0.0, "measure": "peak"}
    assert "peak brought to 0.0 dBFS" in format_table(result)
    assert "pesq_wb" not in result["totals"]["vocoder"]


def test_options_reach_the_vocoder(corpus):
    options = {"with_griffin_lim": False, "with_perceptual": False, "limit": 1}
    result = evaluate_vocoder(Perfect(corpus), corpus, options={"gain": 2.0}, **options)
    assert result["totals"]["vocoder"]["largest_step_ratio"] == pytest.approx(2.0)


def test_recordings_without_text_are_measured_but_for_words(corpus):
    silent = [recording.replace(text="") for recording in corpus]
    vocoder = ks.models.GriffinLim(SPEC, n_iter=2)
    result = evaluate_vocoder(vocoder, silent, limit=1)
    assert list(result["totals"]) == ["recording", "vocoder"]  # itself is not its own baseline
    assert "closed_lm_wer" not in result["totals"]["vocoder"]
    assert "reference" not in result["recordings"][0]
    assert "WER" not in format_table(result)


def test_a_neural_vocoder_is_evaluated(corpus):
    keras.utils.set_random_seed(0)
    model = ks.models.WaveNet(
        n_cycles=1,
        layers_per_cycle=2,
        residual_channels=4,
        gate_channels=4,
        skip_channels=4,
        spec=SPEC,
        upsampler_channels=4,
    )
    result = evaluate_vocoder(model, corpus, limit=1, options={"temperature": 0.5}, name="tiny")
    assert result["vocoder"] == "tiny"
    assert result["totals"]["vocoder"]["pesq_wb"] < result["totals"]["griffin_lim"]["pesq_wb"]


def test_table_shows_every_system(evaluated):
    lines = format_table(evaluated).splitlines()
    rows = [re.split(r"\s{2,}", line.strip())[0] for line in lines[2:5]]
    assert rows == ["recording", "Griffin-Lim", "vocoder"]
    titles = re.split(r"\s{2,}", lines[0].strip())
    assert titles[:3] == ["closed-LM WER (%)", "PESQ-WB", "STOI"]
    assert titles[-1] == "real-time factor"
    assert "'Perfect perfect & known' on the mels of 2 recordings of 'tones'" in lines[6]


def test_json_file_holds_the_result(evaluated):
    with open(evaluated["files"]["json"], encoding="utf-8") as file:
        saved = json.load(file)
    assert saved == {key: value for key, value in evaluated.items() if key != "files"}


def test_page_stands_alone_and_escapes_texts(evaluated):
    with open(evaluated["files"]["html"], encoding="utf-8") as file:
        page = file.read()
    assert page.count("data:audio/flac;base64,") == page.count("data:image/png;base64,") == 3
    assert "Evaluation of the vocoder Perfect perfect &amp; known" in page
    assert "<old>" not in page
    assert '<th class="number">PESQ-WB</th>' in page
    for source in re.findall(r'(?:src|href)="([^"]{0,5})', page):
        assert source == "data:"


def test_what_pesq_cannot_score_is_left_out_of_the_mean(tmp_path):
    """A silent recording and a short one beside one of speech."""
    recordings = []
    sounds = (speech_like(1.0, 8_000), np.zeros(8_000), 0.1 * np.ones(500))
    for name, samples in zip("abc", sounds, strict=True):
        write_wav(str(tmp_path / f"{name}.wav"), samples, 8_000)
        recordings.append(Recording(name, str(tmp_path / f"{name}.wav")))
    vocoder = ks.models.GriffinLim(SPEC, n_iter=4)
    result = evaluate_vocoder(vocoder, recordings, output_directory=tmp_path / "out")
    scores = [each["systems"]["vocoder"] for each in result["recordings"]]
    assert [score["pesq_wb"] is None for score in scores] == [False, True, True]
    assert result["totals"]["vocoder"]["pesq_wb"] == scores[0]["pesq_wb"]
    assert "left out of their means: b, c" in format_table(result)


def test_sound_that_is_not_finite_is_named(corpus):
    broken = Perfect(corpus, lambda samples: np.full_like(samples, np.nan))
    with pytest.raises(ValueError, match=r"from vocoder for 'a': .* not finite"):
        evaluate_vocoder(broken, corpus, with_griffin_lim=False)


def test_sound_that_is_too_short_is_named(corpus):
    class Short(Perfect):
        def generate(self, mel, seed=0):
            return super().generate(mel, seed)[:, :4000]

    with pytest.raises(ValueError, match="4000 samples for 126 frames"):
        evaluate_vocoder(Short(corpus), corpus, with_griffin_lim=False)


def test_wrong_arguments_are_found_before_the_work(corpus, tmp_path, monkeypatch):
    vocoder = Perfect(corpus)
    with pytest.raises(ValueError, match="`limit` must be at least 1"):
        evaluate_vocoder(vocoder, corpus, limit=0)
    with pytest.raises(ValueError, match="at least one recording"):
        evaluate_vocoder(vocoder, [])
    with pytest.raises(ValueError, match="must have an AudioSpec as `spec`"):
        evaluate_vocoder(object(), corpus)
    (tmp_path / "file").write_text("kept")
    with pytest.raises(OSError, match="is not a directory"):
        evaluate_vocoder(vocoder, corpus, output_directory=tmp_path / "file")
    for package in ("pesq", "pystoi"):
        with monkeypatch.context() as context:
            context.setitem(sys.modules, package, None)
            with pytest.raises(ImportError, match=r"pip install 'keras_speech\[evaluate\]'"):
                evaluate_vocoder(vocoder, corpus)
    assert vocoder.calls == []


def test_nothing_else_is_left_in_the_directory(evaluated):
    directory = os.path.dirname(evaluated["files"]["json"])
    assert sorted(os.listdir(directory)) == ["evaluation.html", "evaluation.json"]

"""A whole evaluation, with a voice made of tones, on a corpus of tones."""

import json
import os
import re
import sys
import types
import warnings
from pathlib import Path

import numpy as np
import pytest

from keras_speech import voices
from keras_speech.audio_spec import AudioSpec
from keras_speech.data import Corpus, Recording, write_wav
from keras_speech.evaluation import evaluate_voice, format_table, renditions

SPEC = AudioSpec(
    sample_rate=8_000, n_fft=512, hop_length=128, win_length=512, n_mels=40, fmax=4_000.0
)
TEXTS = {"a": "Open the <old> door.", "b": "Close the window.", "c": "Nobody came."}


def tone(f0_hz, seconds=0.6, sample_rate=SPEC.sample_rate):
    time = np.arange(int(seconds * sample_rate)) / sample_rate
    return 0.1 * sum(np.cos(2 * np.pi * f0_hz * k * time) / k for k in range(1, 12))


class ToneVoice:
    """Says every text as a tone an octave above the recordings; never finishes "window"."""

    name = "tone & voice"
    spec = SPEC

    def speak(self, text, *, speaker=None, seed=0):
        if "window" in text:
            warnings.warn("Sentence 1 did not stop by itself within 9 frames: ''", stacklevel=2)
        if "Nobody" in text:
            warnings.warn("Characters that the voice cannot speak are dropped: #", stacklevel=2)
        return types.SimpleNamespace(samples=tone(240.0).astype("float32"))


class OtherVoice:
    """At another rate, as high as the recordings, with a pause in the middle."""

    name = "other"
    spec = SPEC.replace(sample_rate=16_000, hop_length=256, fmax=8_000.0)

    def speak(self, text, *, speaker=None, seed=0):
        half = tone(120.0, 0.3, self.spec.sample_rate)
        samples = np.concatenate([half, np.zeros(4800), half])
        return types.SimpleNamespace(samples=samples.astype("float32"))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    directory = tmp_path_factory.mktemp("corpus")
    recordings = []
    for name, text in TEXTS.items():
        path = str(directory / f"{name}.wav")
        write_wav(path, tone(120.0), SPEC.sample_rate)
        recordings.append(Recording(name, path, text))
    return Corpus(recordings, name="tones")


@pytest.fixture(scope="module")
def evaluated(corpus, tmp_path_factory):
    directory = tmp_path_factory.mktemp("out") / "new" / "evaluation"
    seen = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = evaluate_voice(
            ToneVoice(),
            corpus,
            beside=OtherVoice(),
            ids=["b", "a"],
            sentences=["The window is open."],
            output_directory=directory,
            n_examples=1,
            progress=lambda done, total: seen.append((done, total)),
        )
    assert seen == [(1, 3), (2, 3), (3, 3)]
    return result


def test_the_recording_is_at_no_distance_from_itself(evaluated):
    totals = evaluated["totals"]["recording"]
    assert totals["mcd_db"] == totals["f0_rmse_hz"] == totals["voicing_error"] == 0.0


def test_an_octave_is_found(evaluated):
    """120 Hz spoken at 240 Hz: 120 Hz or 1200 cents off; Griffin-Lim keeps the pitch."""
    voice, griffin_lim = (evaluated["totals"][name] for name in ("voice", "griffin_lim"))
    assert voice["f0_rmse_cents"] == pytest.approx(1200, abs=30)
    assert voice["f0_rmse_hz"] == pytest.approx(120, abs=4)
    assert griffin_lim["f0_rmse_cents"] < 100  # a semitone
    assert griffin_lim["mcd_db"] < voice["mcd_db"]


def test_words_are_counted(evaluated):
    assert [each["id"] for each in evaluated["recordings"]] == ["b", "a"]
    assert evaluated["totals"]["voice"]["words"] == 3 + 4
    assert evaluated["sentences"]["totals"]["voice"]["words"] == 4
    assert evaluated["settings"]["lm_texts"] == 4  # the untested recording's text counts too


def test_another_voice_is_measured_beside(evaluated):
    voice, beside = (evaluated["totals"][name] for name in ("voice", "beside"))
    assert voice.keys() == beside.keys()
    assert beside["f0_rmse_cents"] < 100 < voice["f0_rmse_cents"]
    assert evaluated["sentences"]["totals"]["beside"]["words"] == 4
    assert "Beside it, measured in the same way: voice 'other'." in format_table(evaluated)


def test_prosody_stands_beside_the_recordings(evaluated):
    """Steady tones at one pitch; the other voice rests once for 0.3 s."""
    recording, voice, beside = (
        evaluated["totals"][name] for name in ("recording", "voice", "beside")
    )
    for totals in (recording, voice):
        assert totals["f0_spread_semitones"] < 0.3 > totals["f0_spread_across_semitones"]
        assert totals["pauses_per_sentence"] == 0
    assert beside["pauses_per_sentence"] == 1
    assert beside["pause_seconds"] == pytest.approx(0.3, abs=0.04)
    # 7 words in two tones of 0.6 s.
    assert recording["words_per_second"] == pytest.approx(7 / 1.2, rel=0.1)
    assert evaluated["sentences"]["totals"]["voice"]["energy_spread_db"] < 3


def test_a_free_recognizer_listens_unless_told_not_to(evaluated, corpus):
    assert 0 <= evaluated["totals"]["recording"]["free_lm_wer"]
    assert isinstance(evaluated["recordings"][0]["systems"]["voice"]["free_hypothesis"], str)
    result = evaluate_voice(ToneVoice(), corpus, limit=1, free_lm=False)
    assert "free_lm_wer" not in result["totals"]["voice"]
    assert "free-LM" not in format_table(result)


def test_skipped_words_are_counted(evaluated):
    """Tones are no words: what is not heard as any has been skipped."""
    for totals in evaluated["totals"].values():
        assert totals["skipped_words"] == totals["deletions"]
        assert totals["repeated_words"] + totals["added_words"] == totals["insertions"]


def test_what_did_not_stop_is_listed(evaluated):
    assert evaluated["unfinished"] == ["b", "sentence 1"]
    assert "did not stop by themselves: b" in format_table(evaluated)


def test_the_voice_warns_in_the_words_looked_for():
    """The evaluation knows an endless sentence by the wording of the voice's warning."""
    sources = [path.read_text("utf-8") for path in Path(voices.__file__).parent.glob("*.py")]
    assert any(renditions.UNFINISHED in source for source in sources)


def test_other_warnings_pass_on(corpus):
    with pytest.warns(UserWarning, match="c: Characters that the voice cannot speak"):
        evaluate_voice(ToneVoice(), corpus, ids=["c"], free_lm=False)


def test_table_shows_every_system(evaluated):
    lines = format_table(evaluated).splitlines()
    systems = ["recording", "Griffin-Lim", "voice", "voice beside"]
    systems += ["voice, sentences", "voice beside, sentences"]
    for start, last in ((0, "voicing error (%)"), (9, "s each")):
        rows = [re.split(r"\s{2,}", line.strip())[0] for line in lines[start + 2 : start + 8]]
        assert rows == systems
        assert lines[start].split("  ")[-1].strip() == last


def test_json_file_holds_the_result(evaluated):
    with open(evaluated["files"]["json"], encoding="utf-8") as file:
        saved = json.load(file)
    assert saved == {key: value for key, value in evaluated.items() if key != "files"}


def test_page_stands_alone_and_escapes_texts(evaluated):
    with open(evaluated["files"]["html"], encoding="utf-8") as file:
        page = file.read()
    assert page.count("data:audio/flac;base64,") == page.count("data:image/png;base64,") == 4
    assert "tone &amp; voice" in page
    assert "<old>" not in page
    for source in re.findall(r'(?:src|href)="([^"]{0,5})', page):
        assert source == "data:"


def test_nothing_else_is_left_in_the_directory(evaluated):
    directory = os.path.dirname(evaluated["files"]["json"])
    assert sorted(os.listdir(directory)) == ["evaluation.html", "evaluation.json"]


def test_limit_keeps_the_first(corpus):
    result = evaluate_voice(ToneVoice(), corpus, limit=1, free_lm=False)
    assert [each["id"] for each in result["recordings"]] == ["a"]
    assert result["sentences"] is None
    assert "files" not in result


def test_a_failure_leaves_nothing_behind(corpus, tmp_path):
    class Broken(ToneVoice):
        def speak(self, text, **options):
            raise RuntimeError("no sound")

    with pytest.raises(RuntimeError, match="no sound"):
        evaluate_voice(Broken(), corpus, output_directory=tmp_path / "out", free_lm=False)
    assert os.listdir(tmp_path) == []


def test_a_file_in_place_of_the_directory_is_found_before_the_work(corpus, tmp_path):
    path = tmp_path / "file"
    path.write_text("kept")
    for directory in (path, path / "below"):
        with pytest.raises(OSError, match="is not a directory"):
            evaluate_voice(None, corpus, output_directory=directory)
    assert path.read_text() == "kept"


def test_recordings_without_text_are_named(corpus):
    silent = Corpus([corpus[0].replace(text=" ")])
    with pytest.raises(ValueError, match="must have texts. 'a' has none"):
        evaluate_voice(ToneVoice(), silent)


def test_nothing_to_test(corpus):
    with pytest.raises(ValueError, match="`limit` must be at least 1"):
        evaluate_voice(ToneVoice(), corpus, limit=0)
    with pytest.raises(ValueError, match="at least one recording"):
        evaluate_voice(ToneVoice(), corpus, ids=[])


def test_missing_librosa_is_found_before_the_work(corpus, monkeypatch):
    monkeypatch.setitem(sys.modules, "librosa", None)
    with pytest.raises(ImportError, match=r'pip install "keras-speech\[evaluate\]"'):
        evaluate_voice(None, corpus)

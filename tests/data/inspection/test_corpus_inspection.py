"""`inspect` on small corpora in every layout, with faults that were put there."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from keras_speech import data
from keras_speech.data.inspection import worker_processes

CHECK_NO_TENSORFLOW = """
import sys
from keras_speech import data
report = data.inspect(sys.argv[1], "folder", workers=1)
assert report.totals["clips"] == 5 and report.tokenizer is None
assert not {"tensorflow", "keras", "matplotlib"} & set(sys.modules)
"""


def inspect(*args, **options):
    return data.inspect(*args, workers=1, progress=False, **options)


def test_the_numbers_of_a_corpus(lj_directory, letters):
    report = inspect(lj_directory, tokenizer=letters)
    seconds = [0.2 + 0.13 * number for number in range(5)]  # as the corpus was made
    assert report.layout == "ljspeech" and report.tokenizer == "LetterTokenizer"
    totals = report.totals
    assert (totals["clips"], totals["usable"], totals["speakers"]) == (5, 5, 0)
    assert totals["hours"] == pytest.approx(sum(seconds) / 3600, rel=1e-4)
    assert totals["sample_rates"] == {22050: 5} and totals["channels"] == {1: 5}
    length = report.distributions["length (s)"]
    assert length["least"] == pytest.approx(seconds[0], abs=1e-4)
    assert length["median"] == pytest.approx(seconds[2], abs=1e-4)
    assert length["most"] == pytest.approx(seconds[4], abs=1e-4)
    # "Hello there." without its period
    assert report.clips.characters[0] == 11


def test_faults_are_found_by_name(lj_directory, write_tone, letters):
    wavs = lj_directory / "wavs"
    clipped = np.clip(3 * np.sin(np.arange(22050) / 30), -1, 1)
    soundfile.write(wavs / "clip1.wav", clipped, 22050)
    soundfile.write(wavs / "clip2.wav", np.zeros(22050), 22050)
    write_tone(wavs / "clip3.wav", sample_rate=8000)
    shutil.copy(wavs / "clip4.wav", wavs / "clip6.wav")
    (wavs / "clip5.wav").write_bytes(b"no sound")
    with open(lj_directory / "metadata.csv", "a") as file:
        file.write("clip6|Another text.\nclip7|Without a file.\nclip8\nclip9|\n")
    report = inspect(lj_directory, tokenizer=letters)
    assert set(report.named("clipping")) == {"clip1"}
    assert set(report.named("inaudible")) == {"clip2"}
    assert report.named("rates") == {"clip3": "8,000 Hz"}
    assert report.named("duplicate_audio") == {
        "clip4, clip6": "the same sound with different texts"
    }
    assert set(report.named("unreadable")) == {"'clip5' (line 5 of metadata.csv)"}
    assert {where.split(" of")[0].split("(")[-1] for where in report.named("rows")} == {
        "line 7", "line 8", "line 9",
    }  # fmt: skip
    assert report.totals["clips"] == 6 and report.totals["usable"] == 5
    severities = [finding.severity for finding in report.findings]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)


def test_every_layout_is_read(tmp_path, write_tone, letters):
    write_tone(tmp_path / "fsdd" / "recordings" / "3_ann_0.wav", sample_rate=8000)
    write_tone(tmp_path / "vctk" / "wav48" / "p1" / "p1_001.wav")
    (tmp_path / "vctk" / "txt" / "p1").mkdir(parents=True)
    (tmp_path / "vctk" / "txt" / "p1" / "p1_001.txt").write_text("A text.")
    write_tone(tmp_path / "folder" / "deep" / "a.flac")
    for layout, name, speaker, characters in (
        ("fsdd", "3_ann_0", "ann", [5]),
        ("vctk", "p1_001", "p1", [6]),
        ("folder", "deep/a", None, None),
    ):
        report = inspect(tmp_path / layout, tokenizer=letters)
        assert report.layout == layout
        (recording,) = report.clips.recordings
        assert (recording.id, recording.speaker) == (name, speaker)
        found = report.clips.characters
        assert characters == (None if found is None else found.tolist())


def test_a_corpus_is_inspected_as_well(lj_directory, letters):
    """With what its reader left out."""
    with open(lj_directory / "metadata.csv", "a") as file:
        file.write("bad\n")
    skipped = []
    with pytest.warns(UserWarning):
        corpus = data.ljspeech(lj_directory, on_error="skip", skipped=skipped)
    report = inspect(corpus[:2], tokenizer=letters, skipped=skipped)
    assert report.totals["clips"] == 2 and report.layout is None
    assert list(report.named("rows")) == ["line 6 of metadata.csv"]


def test_texts_are_read_as_english_by_default(lj_directory):
    with open(lj_directory / "metadata.csv", "a") as file:
        file.write("")
    report = inspect(lj_directory)
    assert report.tokenizer == "CharacterTokenizer"
    assert report.clips.characters[2] == len("mister bell counts: one, two, three!")


def test_nothing_usable_is_a_report_and_nothing_at_all_an_error(lj_directory, tmp_path):
    (lj_directory / "metadata.csv").write_bytes(b"gone|A text.\n\xff\n")
    report = inspect(lj_directory)
    assert report.totals["clips"] == 0 and len(report.named("rows")) == 2
    assert "No recording could be measured" in str(report)
    report.save_html(tmp_path / "empty.html")
    report.save_json(tmp_path / "empty.json")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="No recordings in"):
        inspect(tmp_path / "empty")
    with pytest.raises(ValueError, match="needs a directory"):
        inspect(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="`workers` must be .* workers=0"):
        data.inspect(lj_directory, workers=0)


def test_the_order_of_files_and_processes_changes_nothing(lj_directory, letters):
    one = inspect(lj_directory, tokenizer=letters).to_dict()
    two = data.inspect(lj_directory, tokenizer=letters, workers=2, progress=False).to_dict()
    assert one == two


def test_recordings_alone_need_neither_tensorflow_nor_matplotlib(lj_directory):
    root = os.path.dirname(os.path.dirname(data.__path__[0]))
    subprocess.run(
        [sys.executable, "-c", CHECK_NO_TENSORFLOW, str(lj_directory)], check=True,
        env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip


def test_each_file_is_read_once(lj_directory, letters, monkeypatch):
    asked = []
    measured = worker_processes.measured

    def counting(paths, **options):
        asked.extend(paths)
        return measured(paths, **options)

    monkeypatch.setattr(worker_processes, "measured", counting)
    report = inspect(lj_directory, tokenizer=letters)
    assert sorted(asked) == sorted(r.path for r in report.clips.recordings)


def test_changed_takes_are_refused(lj_directory, letters):
    """What is measured is the file; its change would be passed over in silence."""
    takes = data.augmentation.with_takes(data.ljspeech(lj_directory), 1, tempo=(1.2, 1.2), seed=0)
    with pytest.raises(ValueError, match="recordings as they are.*'clip1~1'.*tempo=1.2"):
        inspect(takes, tokenizer=letters)

"""Every damaged file and row is named, none is used, none ends the run; odd ones are read."""

import json
import os

import numpy as np
import pytest

import damaged_audio
import damaged_rows
from keras_speech import data

DAMAGED, ODD = damaged_audio.damaged(), damaged_audio.odd()


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A corpus in LJ Speech's layout with everything that can be wrong in it."""
    directory = tmp_path_factory.mktemp("damaged")
    (directory / "wavs").mkdir()
    for name, content in {**DAMAGED, **ODD}.items():
        (directory / "wavs" / name).write_bytes(content)
    for name in ("clip1", "clip2"):
        (directory / "wavs" / f"{name}.wav").write_bytes(damaged_audio.encoded("wav"))
    (directory / "wavs" / "a_directory.wav").mkdir()
    (directory / "wavs" / "dangling.wav").symlink_to(directory / "nowhere.wav")
    (directory / "wavs" / "circle.wav").symlink_to(directory / "wavs" / "circle.wav")
    (directory / "wavs" / "device.wav").symlink_to("/dev/zero")
    os.mkfifo(directory / "wavs" / "pipe.wav")
    names = [stem(name) for name in (*DAMAGED, *ODD, *NOT_FILES)]
    good = [f"{name}|A text.".encode() for name in ("clip1", *names)]
    (directory / "metadata.csv").write_bytes(b"\n".join([*good, *damaged_rows.LJSPEECH]))
    return directory


NOT_FILES = ("a_directory.wav", "dangling.wav", "circle.wav", "device.wav", "pipe.wav")


def stem(name):
    return os.path.splitext(name)[0]


@pytest.fixture(scope="module")
def report(directory):
    return data.inspect(directory, workers=2, progress=False)


def test_there_are_two_hundred_kinds():
    rows = (damaged_rows.LJSPEECH, damaged_rows.FSDD, damaged_rows.VCTK, damaged_rows.FSDD_NAMES)
    assert len(DAMAGED) >= 175
    assert len(DAMAGED) + len(NOT_FILES) + sum(map(len, rows)) >= 240


def test_the_names_tell_the_kinds_apart():
    stems = [stem(name) for name in (*DAMAGED, *ODD)]
    assert len(set(stems)) == len(stems)


def test_every_damaged_file_is_named_with_its_fault(report, directory):
    reasons = {where.split("'")[1]: why for where, why in report.named("unreadable").items()}
    assert set(reasons) == {stem(name) for name in (*DAMAGED, *NOT_FILES)}
    for name in (*DAMAGED, *NOT_FILES):
        assert str(directory / "wavs" / name) in reasons[stem(name)]
        # A fault of the file, found by the reader: no process died of it, nothing went unforeseen.
        assert reasons[stem(name)].startswith(("Audio file ", "File ", "Cannot read audio file "))


def test_every_odd_file_is_read(report):
    clips = report.clips
    used = [r.id for r, usable in zip(clips.recordings, clips.readable, strict=True) if usable]
    assert set(used) == {"clip1", *map(stem, ODD)}


def test_every_bad_row_is_named_with_its_line(report):
    rows, first = report.named("rows"), 2 + len(DAMAGED) + len(ODD) + len(NOT_FILES)
    assert len(rows) == len(damaged_rows.LJSPEECH)
    for number, problem in enumerate(damaged_rows.LJSPEECH.values(), start=first):
        (reason,) = [why for where, why in rows.items() if f"line {number} of" in where]
        assert problem in reason


def test_file_and_page_name_everything(report, tmp_path):
    report.save_json(tmp_path / "report.json")
    report.save_html(tmp_path / "report.html")
    saved = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    named = {entry["name"] for finding in saved["findings"] for entry in finding["names"]}
    errors = {entry["id"] for entry in saved["recordings"] if "error" in entry}
    for name in DAMAGED:
        assert stem(name) in errors and f"&#x27;{stem(name)}&#x27;" in page
        assert any(where.startswith(f"'{stem(name)}'") for where in named)
    # Bytes of a row that would move a terminal's cursor are shown as what they are.
    for shown in (str(report), page):
        assert not any(ord(c) < 32 and c != "\n" for c in shown)


@pytest.mark.parametrize("name", DAMAGED)
def test_no_damaged_file_can_be_trained_on(directory, name):
    with pytest.raises(data.AudioError, match=name):
        data.read_audio(directory / "wavs" / name, 22050)


@pytest.mark.parametrize("name", ODD)
def test_every_odd_file_can_be_trained_on(directory, name):
    samples = data.read_audio(directory / "wavs" / name, 22050)
    assert samples.ndim == 1 and len(samples) > 0 and np.isfinite(samples).all()


def test_a_folder_of_them_is_inspected_as_well(directory):
    report = data.inspect(directory / "wavs", "folder", workers=2, progress=False)
    named = {where.strip("'") for where in report.named("unreadable")}
    # A directory is none of a folder's files.
    assert named == {stem(name) for name in (*DAMAGED, *NOT_FILES)} - {"a_directory"}
    assert report.totals["usable"] == 2 + len(ODD)


def test_every_bad_row_of_digits_is_named(tmp_path, write_tone):
    write_tone(tmp_path / "wavs" / "0_theo_0.wav")
    good = b"0_theo_0|0|zero|theo\n"
    (tmp_path / "metadata.csv").write_bytes(b"\n".join([*damaged_rows.FSDD, good, good]))
    skipped = []
    with pytest.warns(UserWarning, match="were skipped"):
        corpus = data.fsdd(tmp_path, on_error="skip", skipped=skipped)
    assert [r.line for r in corpus] == [len(damaged_rows.FSDD) + 1]
    problems = [*damaged_rows.FSDD.values(), "is already on line"]
    for entry, problem in zip(skipped, problems, strict=True):
        assert problem in entry.reason


def test_every_bad_name_of_digits_is_named(tmp_path, write_tone):
    for name in ("0_theo_0", *damaged_rows.FSDD_NAMES):
        write_tone(tmp_path / "recordings" / f"{name}.wav", seconds=0.05)
    skipped = []
    with pytest.warns(UserWarning, match="were skipped"):
        assert data.fsdd(tmp_path, on_error="skip", skipped=skipped).ids == ["0_theo_0"]
    assert {entry.where for entry in skipped} == {repr(n) for n in damaged_rows.FSDD_NAMES}


def test_every_bad_text_is_named(tmp_path, write_tone):
    texts = tmp_path / "txt" / "p1"
    (texts / "p1_dir.txt").mkdir(parents=True)
    os.mkfifo(texts / "p1_pipe.txt")
    bad = {f"p1_{i}": pair for i, pair in enumerate(damaged_rows.VCTK.items())}
    for name in ("p1_good", "p1_dir", "p1_pipe", *bad):
        write_tone(tmp_path / "wav48" / "p1" / f"{name}.wav", seconds=0.05)
    for name, (content, _) in {**bad, "p1_good": (b"Good.", "")}.items():
        if content is not None:
            (texts / f"{name}.txt").write_bytes(content)
    skipped = []
    with pytest.warns(UserWarning, match="were skipped"):
        assert data.vctk(tmp_path, on_error="skip", skipped=skipped).ids == ["p1_good"]
    problems = {**{n: p for n, (_, p) in bad.items()}, "p1_dir": "a file", "p1_pipe": "a file"}
    assert {entry.recording.id for entry in skipped} == set(problems)
    assert all(problems[entry.recording.id] in entry.reason for entry in skipped)

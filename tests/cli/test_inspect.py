"""`keras-speech inspect` prints a report, writes files, and fails for wrong use alone."""

import json

import pytest

from keras_speech.cli.main import main


@pytest.fixture
def inspect(corpus_directory):
    return lambda *argv: main(["inspect", str(corpus_directory), "--workers", "1", *argv])


def test_a_report_is_printed_and_written(inspect, tmp_path, capsys):
    files = [tmp_path / "report.html", tmp_path / "report.json"]
    assert inspect("--html", str(files[0]), "--json", str(files[1])) == 0
    out = capsys.readouterr().out
    # "a cab", "bad bee", …: eight sentences of 51 letters and spaces
    assert "corpus: 8 recordings, " in out and "51 characters, 16,000 Hz" in out
    assert out.splitlines()[-2].startswith(str(files[0]))
    assert out.splitlines()[-1].startswith(str(files[1]))
    assert files[0].read_text().startswith("<!DOCTYPE html>")
    assert json.loads(files[1].read_text())["totals"]["clips"] == 8


def test_findings_do_not_change_the_exit_code(inspect, corpus_directory, capsys):
    (corpus_directory / "wavs" / "clip1.wav").write_bytes(b"broken")
    with open(corpus_directory / "metadata.csv", "a") as file:
        file.write("../../clip1|A text.\n")
    assert inspect() == 0
    out, err = capsys.readouterr()
    assert "1 file that cannot be used" in out and "clip1.wav is not audio" in out
    assert "1 row or file that the reader cannot use" in out and "line 9" in out
    # At most the bar of a slow machine: what the reader would warn of is in the report.
    assert "warning" not in err and "error" not in err


def test_the_alphabet_is_the_trainings(inspect, capsys):
    assert inspect("--alphabet", "abcd ") == 0
    assert "e (U+0065, LATIN SMALL LETTER E), in" in capsys.readouterr().out.replace(": ", ", ")


def test_a_folder_of_sounds_has_no_texts(tones_directory, capsys):
    assert main(["inspect", str(tones_directory), "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert "4 recordings" in out and "characters" not in out and "read as folder" in out


@pytest.mark.parametrize(
    "argv, message",
    [
        (["nowhere"], "DATA `nowhere` does not exist"),
        (["{data}", "--html", "{data}"], "is a directory"),
        (["{data}", "--json", "/nowhere/report.json"], "does not exist"),
        (["{data}", "--workers", "0"], "must be a whole number from 1"),
        (["{data}", "--layout", "vctk"], "vctk() needs a directory with wav48"),
        (["{data}", "--layout", "librispeech"], "invalid choice"),
        (["{empty}"], "No recordings in"),
        (["{data}", "--lexicon", "words.txt"], "--lexicon is for --tokenizer phones"),
        ([], "required: DATA"),
    ],
    ids=str,
)
def test_wrong_use_exits_with_2(corpus_directory, tmp_path, argv, message, capsys):
    (tmp_path / "empty").mkdir()
    argv = [each.format(data=corpus_directory, empty=tmp_path / "empty") for each in argv]
    assert main(["inspect", *argv]) == 2
    assert message in capsys.readouterr().err

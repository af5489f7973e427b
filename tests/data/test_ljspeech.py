"""The LJ Speech layout."""

import pytest

from keras_speech.data import ljspeech


def test_rows_become_recordings(lj_directory):
    corpus = ljspeech(lj_directory)
    assert corpus.ids == ["clip1", "clip2", "clip3", "clip4", "clip5"]
    second = corpus[1]
    assert second.path == str(lj_directory / "wavs" / "clip2.wav")
    assert second.text == "A much longer sentence than the first."
    assert second.line == 2 and second.where == "'clip2' (line 2 of metadata.csv)"
    assert corpus.name == "corpus" and corpus.speakers == ()


@pytest.mark.parametrize(
    "row, normalized, text",
    [
        ("clip1|Dr. 5|Doctor five", True, "Doctor five"),
        ("clip1|Dr. 5|Doctor five", False, "Dr. 5"),
        ("clip1|Dr. 5|", True, "Dr. 5"),
        ("clip1|Dr. 5", True, "Dr. 5"),
    ],
)
def test_the_column_of_the_text(lj_directory, row, normalized, text):
    (lj_directory / "metadata.csv").write_text(row)
    assert ljspeech(lj_directory, normalized=normalized)[0].text == text


@pytest.mark.parametrize("suffix", ["flac", "mp3", "ogg", "WAV"])
def test_audio_may_have_any_format(lj_directory, suffix):
    wavs = lj_directory / "wavs"
    (wavs / "clip1.wav").rename(wavs / f"clip1.{suffix}")
    assert ljspeech(lj_directory)["clip1"].path == str(wavs / f"clip1.{suffix}")


@pytest.mark.parametrize(
    "row, message",
    [
        ("gone|Text.", "'gone' has no audio file .*gone.wav"),
        ("clip1|Text.", "the id 'clip1' is already on line 1"),
        ("clip9||", "'clip9' has no text"),
        ("no bar", "expected 2 or 3 columns"),
    ],
)
def test_a_bad_row_is_named_with_its_line_or_skipped(lj_directory, row, message):
    with open(lj_directory / "metadata.csv", "a") as file:
        file.write(row + "\n")
    with pytest.raises(ValueError, match=f"metadata.csv, line 6: .*{message}"):
        ljspeech(lj_directory)
    skipped = []
    with pytest.warns(UserWarning, match=f"1 recordings of .*corpus were skipped.*{message}"):
        assert len(ljspeech(lj_directory, on_error="skip", skipped=skipped)) == 5
    assert len(skipped) == 1 and "line 6" in skipped[0].where


def test_lists_beside_the_table_are_the_fixed_split(lj_directory):
    (lj_directory / "val.txt").write_text("clip2\nclip4\n")
    corpus = ljspeech(lj_directory)
    assert corpus.validation.ids == ["clip2", "clip4"]
    assert corpus.train.ids == ["clip1", "clip3", "clip5"]
    (lj_directory / "train.txt").write_text("clip5\n")
    assert ljspeech(lj_directory).train.ids == ["clip5"]


def test_another_table_can_be_read(lj_directory):
    (lj_directory / "extra.csv").write_text("clip3|Again.\n")
    corpus = ljspeech(lj_directory, metadata="extra.csv", speaker="lj")
    assert corpus[0].where == "'clip3' (line 1 of extra.csv)" and corpus.speakers == ("lj",)


def test_what_is_missing_is_named(tmp_path, lj_directory):
    with pytest.raises(ValueError, match="needs a directory. Received: .*nowhere"):
        ljspeech(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="wavs"):
        ljspeech(tmp_path)
    (lj_directory / "metadata.csv").write_text("\n\n")
    with pytest.raises(ValueError, match="No recordings in .*corpus"):
        ljspeech(lj_directory)
    (lj_directory / "metadata.csv").unlink()
    with pytest.raises(ValueError, match="Cannot read the table .*metadata.csv"):
        ljspeech(lj_directory)

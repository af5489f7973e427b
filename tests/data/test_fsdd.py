"""The Free Spoken Digit Dataset, in both layouts."""

import pytest

from keras_speech.data import fsdd


@pytest.fixture
def published(tmp_path, write_tone):
    for name in ("0_theo_0", "0_theo_7", "3_george_4", "3_george_12"):
        write_tone(tmp_path / "recordings" / f"{name}.wav", sample_rate=8000)
    return tmp_path


@pytest.fixture
def packed(tmp_path, write_tone):
    for name in ("0_theo_0", "3_george_12"):
        write_tone(tmp_path / "wavs" / f"{name}.flac", sample_rate=8000)
    (tmp_path / "metadata.csv").write_text("0_theo_0|0|zero|theo\n3_george_12|3|three|george\n")
    return tmp_path


def test_the_published_layout(published):
    corpus = fsdd(published)
    assert [(r.id, r.text, r.speaker) for r in corpus] == [
        ("0_theo_0", "zero", "theo"),
        ("0_theo_7", "zero", "theo"),
        ("3_george_12", "three", "george"),
        ("3_george_4", "three", "george"),
    ]
    assert corpus.speakers == ("george", "theo")


def test_takes_0_to_4_are_held_out(published):
    corpus = fsdd(published)
    assert corpus.validation.ids == ["0_theo_0", "3_george_4"]
    assert corpus.train.ids == ["0_theo_7", "3_george_12"]


def test_a_name_out_of_pattern_is_an_error_or_skipped(published, write_tone):
    write_tone(published / "recordings" / "noise.wav")
    with pytest.raises(ValueError, match="noise.wav: the name must be digit_speaker_take"):
        fsdd(published)
    skipped = []
    with pytest.warns(UserWarning, match="skipped.*noise"):
        assert len(fsdd(published, on_error="skip", skipped=skipped)) == 4
    assert skipped[0].where == "'noise'"


def test_the_table(packed):
    corpus = fsdd(packed)
    assert [(r.id, r.text, r.speaker, r.line) for r in corpus] == [
        ("0_theo_0", "zero", "theo", 1),
        ("3_george_12", "three", "george", 2),
    ]
    (packed / "test.txt").write_text("3_george_12\n")
    assert fsdd(packed).validation.ids == ["3_george_12"]


@pytest.mark.parametrize(
    "row, message",
    [
        ("4_theo_1|4|four|theo", "'4_theo_1' has no audio file"),
        ("0_theo_0|5|zero|theo", "digit '5' and word 'zero' do not belong together"),
        ("0_theo_0|x|zero|theo", "digit 'x'"),
        ("0_theo_0|0|zero|", "no speaker"),
        ("0_theo_0|0|zero", "expected 4 columns"),
        ("3_george_12|3|three|george", "'3_george_12' is already on line 1"),
    ],
)
def test_a_bad_row_is_named_with_its_line(packed, row, message):
    (packed / "metadata.csv").write_text(f"3_george_12|3|three|george\n{row}\n")
    with pytest.raises(ValueError, match=f"metadata.csv, line 2: .*{message}"):
        fsdd(packed)
    with pytest.warns(UserWarning, match=f"skipped.*{message}"):
        assert len(fsdd(packed, on_error="skip")) == 1


def test_another_layout_is_refused(tmp_path):
    with pytest.raises(ValueError, match="metadata.csv and wavs/, or with recordings/"):
        fsdd(tmp_path)

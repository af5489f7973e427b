"""What the readers share: tables, lists of ids, and errors by choice."""

import pytest

from keras_speech.data import read_ids, tables


def rows(path, content, columns=(2, 3), choice="raise", skipped=None):
    path.write_bytes(content)
    handle = tables.OnError(choice, skipped)
    return list(tables.read_rows(path, columns=columns, on_error=handle))


@pytest.mark.parametrize(
    "content",
    [b"a|x\nb|y", b"a|x\r\nb|y\r\n", b"\xef\xbb\xbfa|x\nb|y\n", b" a | x \n b|y\n\n  \n"],
)
def test_line_ends_marks_and_spaces_change_nothing(tmp_path, content):
    assert rows(tmp_path / "t.csv", content) == [(1, ["a", "x"]), (2, ["b", "y"])]


def test_lines_are_counted_as_an_editor_does(tmp_path):
    """Blank lines count; characters that `str.splitlines` splits at do not end a line."""
    content = "a|x\x0b\u2028y\n\nb|z\n".encode()
    assert [number for number, _ in rows(tmp_path / "t.csv", content)] == [1, 3]


def test_quotes_are_text(tmp_path):
    (_, cells), _ = rows(tmp_path / "t.csv", b'a|"Well," he said\nb|it\'s "fine\n')
    assert cells[1] == '"Well," he said'


@pytest.mark.parametrize(
    "bad, message",
    [
        (b"only an id", "expected 2 or 3 columns separated by '|', found 1"),
        (b"a|b|c|d", "found 4"),
        (b"|text", "first column .* is empty"),
        (b"a|\xff\xfe", "not UTF-8"),
    ],
)
def test_a_bad_row_is_named_with_its_line_or_skipped(tmp_path, bad, message):
    content = b"a|x\n" + bad + b"\nb|y\n"
    with pytest.raises(ValueError, match=message) as error:
        rows(tmp_path / "t.csv", content)
    assert "t.csv, line 2:" in str(error.value)
    skipped = []
    kept = rows(tmp_path / "t.csv", content, choice="skip", skipped=skipped)
    assert [number for number, _ in kept] == [1, 3]
    assert [entry.where for entry in skipped] == ["line 2 of t.csv"]


def test_ids_are_read_with_or_without_text(tmp_path):
    (tmp_path / "val.txt").write_text("\ufeffclip1\n\n clip2 |Some text\n")
    assert read_ids(tmp_path / "val.txt") == ["clip1", "clip2"]
    with pytest.raises(ValueError, match="Cannot read the list .*missing.txt"):
        read_ids(tmp_path / "missing.txt")


def test_a_list_of_ids_that_is_no_text_is_named_with_its_line_or_skipped(tmp_path):
    (tmp_path / "val.txt").write_bytes(b"clip1\n\xff\nclip2\n")
    with pytest.raises(ValueError, match="val.txt, line 2: not UTF-8"):
        read_ids(tmp_path / "val.txt")
    handle = tables.OnError("skip")
    ids = tables.read_ids_if_there(tmp_path / "val.txt", on_error=handle)
    assert ids == ["clip1", "clip2"] and handle.skipped[0].where == "line 2 of val.txt"
    assert tables.read_ids_if_there(tmp_path / "train.txt", on_error=handle) is None


def test_an_unknown_choice_is_an_error():
    with pytest.raises(ValueError, match="`on_error` must be .* Received: on_error='ignore'"):
        tables.OnError("ignore")


def test_the_first_of_several_formats_is_taken(tmp_path):
    for name in ("a.flac", "a.wav", "b.MP3", "c.txt", ".d.wav"):
        (tmp_path / name).touch()
    found = tables.audio_by_stem(tmp_path)
    assert found == {"a": str(tmp_path / "a.wav"), "b": str(tmp_path / "b.MP3")}

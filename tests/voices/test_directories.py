import os

import pytest

from keras_speech.voices import directories


def write(directory, **options):
    with directories.written_whole(directory, **options) as temporary:
        (temporary / "content").write_text("new")


def test_content_appears_with_its_parents_and_nothing_else(tmp_path):
    write(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "content").read_text() == "new"
    assert os.listdir(tmp_path / "a") == ["b"]
    mask = directories.umask()
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o777 & ~mask


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ValueError, OSError])
def test_failure_leaves_nothing_behind(tmp_path, failure):
    with pytest.raises(failure):
        with directories.written_whole(tmp_path / "a" / "b") as temporary:
            (temporary / "content").write_text("half")
            raise failure("stop")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError])
def test_failure_leaves_what_was_there(tmp_path, failure):
    write(tmp_path / "voice")
    with pytest.raises(failure):
        with directories.written_whole(tmp_path / "voice", overwrite=True) as temporary:
            (temporary / "content").write_text("half")
            raise failure("stop")
    assert (tmp_path / "voice" / "content").read_text() == "new"
    assert os.listdir(tmp_path) == ["voice"]


def test_failed_swap_puts_the_old_directory_back(tmp_path, monkeypatch):
    write(tmp_path / "voice")
    (tmp_path / "voice" / "content").write_text("old")
    rename = os.rename

    def fail_for_the_new(source, target):
        if str(target) == str(tmp_path / "voice") and ".old." not in str(source):
            raise OSError("disk gone")
        rename(source, target)

    monkeypatch.setattr(os, "rename", fail_for_the_new)
    with pytest.raises(OSError, match="disk gone"):
        write(tmp_path / "voice", overwrite=True)
    assert (tmp_path / "voice" / "content").read_text() == "old"
    assert os.listdir(tmp_path) == ["voice"]


def test_overwrite_replaces_everything(tmp_path):
    write(tmp_path / "voice")
    (tmp_path / "voice" / "extra").write_text("old")
    write(tmp_path / "voice", overwrite=True, marker="content")
    assert os.listdir(tmp_path / "voice") == ["content"]
    assert os.listdir(tmp_path) == ["voice"]


def test_empty_directory_is_taken(tmp_path):
    (tmp_path / "voice").mkdir()
    write(tmp_path / "voice")
    assert os.listdir(tmp_path) == ["voice"]


def test_link_stays_a_link(tmp_path):
    write(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", overwrite=True)
    assert (tmp_path / "link").is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["link", "real"]


def test_directory_with_content_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="must not exist or be empty.*Received: directory="):
        write(tmp_path)
    with pytest.raises(ValueError, match="only a directory that holds voice.json"):
        write(tmp_path, overwrite=True, marker="voice.json")
    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_file_is_refused(tmp_path):
    (tmp_path / "voice").write_text("a file")
    with pytest.raises(ValueError, match="must not be a file"):
        write(tmp_path / "voice", overwrite=True)


def test_place_that_cannot_be_written_is_named(tmp_path):
    # Permissions do not stop root; nothing can be made below a file.
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="can be written. Received: directory='.*file/voice'"):
        write(tmp_path / "file" / "voice")
    assert os.listdir(tmp_path) == ["file"]

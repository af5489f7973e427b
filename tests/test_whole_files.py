"""Files that appear complete or not at all."""

import errno
import os

import pytest

from keras_speech.whole_files import remove_leftovers, write_whole, written_whole


def test_the_file_appears_at_the_end(tmp_path):
    path = tmp_path / "a.bin"
    with written_whole(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(error), written_whole(path) as file:
        file.write(b"half")
        raise error
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_the_file_has_the_rights_of_any_new_file(tmp_path):
    with written_whole(tmp_path / "a.bin"):
        pass
    (tmp_path / "b.bin").touch()
    assert (tmp_path / "a.bin").stat().st_mode == (tmp_path / "b.bin").stat().st_mode


def test_a_full_disk_is_told_with_the_files_name(tmp_path):
    path = tmp_path / "a.bin"
    with pytest.raises(OSError) as raised, written_whole(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert (raised.value.errno, raised.value.filename) == (errno.ENOSPC, str(path))


def test_the_disk_has_the_file_before_it_appears(tmp_path, monkeypatch):
    calls = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda f: (calls.append("fsync"), fsync(f)))
    monkeypatch.setattr(os, "replace", lambda *paths: (calls.append("replace"), replace(*paths)))
    with written_whole(tmp_path / "a.bin", sync=True) as file:
        file.write(b"new")
    assert calls == ["fsync", "replace", "fsync"]  # the file, the rename, the directory
    with written_whole(tmp_path / "a.bin"):
        pass
    assert calls[3:] == ["replace"]


def test_directories_are_made_for_a_whole_content(tmp_path):
    write_whole(tmp_path / "new" / "a.bin", b"content")
    assert (tmp_path / "new" / "a.bin").read_bytes() == b"content"


def test_only_what_a_killed_writer_left_is_removed(tmp_path):
    kept = ["a[1].npz", ".a[1].npz", ".a1.npz.x.tmp", ".a[1].npz.x", "a[1].npz.x.tmp"]
    for name in [*kept, ".a[1].npz.x.tmp", ".a[1].npz.y_z.tmp"]:
        (tmp_path / name).touch()
    remove_leftovers(tmp_path / "a[1].npz")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)

"""A version is new, and what is there stays."""

import pytest

from keras_speech.export.versions import free_version


def test_the_first_version_is_1(tmp_path):
    assert free_version(tmp_path / "none") == tmp_path / "none" / "1"
    assert not (tmp_path / "none").exists()


def test_the_next_version_is_one_above_the_highest(tmp_path):
    for name in ("2", "10", "note", ".11.x"):
        (tmp_path / name).mkdir()
    assert free_version(tmp_path) == tmp_path / "11"
    assert free_version(tmp_path, 3) == tmp_path / "3"


@pytest.mark.parametrize("version", [0, -1, 1.0, "1", True])
def test_a_version_that_is_no_number_is_refused(tmp_path, version):
    with pytest.raises(ValueError, match="`version` must be a whole number above 0"):
        free_version(tmp_path, version)


def test_a_version_that_is_there_is_refused(tmp_path):
    (tmp_path / "002").mkdir()
    with pytest.raises(ValueError, match=r"version=2, of \[2\]"):
        free_version(tmp_path, 2)


def test_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="`directory` must not be a file"):
        free_version(tmp_path / "file")

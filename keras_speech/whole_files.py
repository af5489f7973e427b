"""Files that appear complete or not at all."""

import contextlib
import glob
import os
import tempfile
from pathlib import Path

_SUFFIX = ".tmp"


@contextlib.contextmanager
def written_whole(path, *, sync=False):
    """Opens a temporary file beside `path` and renames it to `path` when all went well.

    Args:
        path: the file to write; its directory must exist.
        sync: whether the disk has the file before this ends, so that not even a power cut leaves
            less than the old or the new one. Slow. Defaults to `False`.

    Yields: a binary file object. After an error, or an interrupt, nothing is left behind and an
    older file at `path` is as it was.
    """
    path = os.fspath(path)
    directory, name = os.path.split(path)
    file = tempfile.NamedTemporaryFile(
        dir=directory or ".", prefix=f".{name}.", suffix=_SUFFIX, delete=False
    )
    try:
        with file:
            yield file
            if sync:
                file.flush()
                os.fsync(file.fileno())
        # mkstemp makes files private; give this one the rights any new file has.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(file.name, 0o666 & ~umask)
        os.replace(file.name, path)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(file.name)
        if isinstance(error, OSError) and error.errno and error.filename is None:
            # A full disk says what happened, but not where.
            error.filename = path
        raise
    if sync:
        _sync_directory(directory or ".")


def write_whole(path, content):
    """Writes bytes as `written_whole` does; the directory of `path` is made.

    Args:
        path: the file to write.
        content: bytes.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as file:
        file.write(content)


def remove_leftovers(path):
    """Deletes what writers of `path` left behind that were killed on the way.

    Only for a file with one writer at a time: another's temporary file would go too.

    Args:
        path: as in `written_whole`.
    """
    path = Path(path)
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*{_SUFFIX}"):
        leftover.unlink(missing_ok=True)


def _sync_directory(directory):
    """Makes a rename last, where directories can be opened for that (not on Windows)."""
    with contextlib.suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

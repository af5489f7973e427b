"""Files that appear complete or not at all."""

import contextlib
import os
import tempfile


@contextlib.contextmanager
def written_whole(path):
    """Opens a temporary file beside `path` and renames it to `path` when all went well.

    Args:
        path: the file to write; its directory must exist.

    Yields: a binary file object. After an error, or an interrupt, nothing is left behind and an
    older file at `path` is as it was.
    """
    path = os.fspath(path)
    directory, name = os.path.split(path)
    file = tempfile.NamedTemporaryFile(
        dir=directory or ".", prefix=f".{name}.", suffix=".tmp", delete=False
    )
    try:
        with file:
            yield file
        # mkstemp makes files private; give this one the rights any new file has.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(file.name, 0o666 & ~umask)
        os.replace(file.name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(file.name)
        raise

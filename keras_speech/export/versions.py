"""Numbered directories, of which TF Serving loads the highest."""

import numbers
from pathlib import Path


def free_version(directory, version=None):
    """The directory for a version that is not there yet.

    Args:
        directory: where versions are, or are to be.
        version: whole number above 0. Defaults to the one after the highest there is.

    Returns: `pathlib.Path`.

    Raises:
        ValueError: for a `directory` that is no directory, and a version that is no such number
            or is there already.
    """
    directory = Path(directory).expanduser().absolute()
    if directory.exists() and not directory.is_dir():
        raise ValueError(f"`directory` must not be a file. Received: {str(directory)!r}.")
    names = [path.name for path in directory.iterdir()] if directory.exists() else []
    taken = [int(name) for name in names if name.isascii() and name.isdigit()]
    if version is None:
        return directory / str(max(taken, default=0) + 1)
    whole = isinstance(version, numbers.Integral) and not isinstance(version, bool)
    if not whole or version < 1:
        raise ValueError(f"`version` must be a whole number above 0. Received: {version!r}.")
    if version in taken:
        raise ValueError(
            "`version` must not be there yet: what may be served is never overwritten. "
            f"Received: version={version}, of {sorted(taken)} in {str(directory)!r}."
        )
    return directory / str(int(version))

"""A directory that appears complete at its name or not at all."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


@contextlib.contextmanager
def written_whole(directory, *, overwrite=False, marker=None):
    """Gives a temporary directory that takes the place of `directory` when the block succeeds.

    An error or an interrupt inside the block leaves everything as it was.

    Args:
        directory: where the content should appear. Parents are made as needed.
        overwrite: replace a directory that is there. Defaults to `False`: it must not exist or be
            empty.
        marker: file name that a directory must hold to be replaced, so that a slip of the keyboard
            cannot remove anything else. Defaults to none.

    Yields: `pathlib.Path` of the temporary directory, beside `directory`.

    Raises:
        ValueError: when `directory` exists and may not be replaced.
        OSError: when it cannot be written; the message names it.
    """
    # A link to a directory stays a link: what it points to is replaced.
    target = Path(directory).expanduser().resolve()
    _check_target(target, directory, overwrite, marker)
    made, temporary = [], None
    try:
        try:
            made = _make_parents(target.parent)
            temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
            # mkdtemp makes directories that only their owner enters.
            temporary.chmod(0o777 & ~umask())
            yield temporary
            _swap(temporary, target)
            temporary, made = None, []
        except OSError as error:
            raise OSError(
                f"`directory` must be a place that can be written. Received: "
                f"directory={str(directory)!r} ({error.strerror or error})."
            ) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        for parent in reversed(made):
            with contextlib.suppress(OSError):
                parent.rmdir()


def _check_target(target, given, overwrite, marker):
    if not target.exists():
        return
    if not target.is_dir():
        raise ValueError(f"`directory` must not be a file. Received: directory={str(given)!r}.")
    if not any(target.iterdir()):
        return
    if not overwrite:
        raise ValueError(
            "`directory` must not exist or be empty; `overwrite=True` replaces a voice. "
            f"Received: directory={str(given)!r}, which is not empty."
        )
    if marker is not None and not (target / marker).is_file():
        raise ValueError(
            f"`overwrite=True` replaces only a directory that holds {marker}. "
            f"Received: directory={str(given)!r}, which does not."
        )


def _make_parents(parent):
    missing = []
    while not parent.exists():
        missing.insert(0, parent)
        parent = parent.parent
    made = []
    try:
        for each in missing:
            each.mkdir()
            made.append(each)
    except BaseException:
        for each in reversed(made):
            each.rmdir()
        raise
    return made


def _swap(new, target):
    if not target.exists():
        os.rename(new, target)
        return
    old = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.old."))
    try:
        os.rename(target, old / target.name)
        try:
            os.rename(new, target)
        except BaseException:
            os.rename(old / target.name, target)
            raise
    finally:
        # What was there before goes only when the new content stands in its place.
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)


def umask():
    """Returns the bits that the process leaves out of the permissions of new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask

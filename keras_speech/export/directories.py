"""Write a directory of exported files as a whole, or not at all."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import tensorflow as tf


def free_directory(directory):
    """`directory` as a `pathlib.Path`; `ValueError` if there is something at that place."""
    directory = Path(directory).expanduser()
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise ValueError(f"`directory` must not exist or be empty. Received: {str(directory)!r}.")
    return directory


def save_whole(module, directory, signatures, finish=None):
    """Saves `module` beside `directory`, then moves it there.

    Args:
        module: `tf.Module` that holds all variables of the signatures.
        directory: `pathlib.Path` that `free_directory` gave.
        signatures: dict of `tf.function`s by name.
        finish: function of the `pathlib.Path` where it stands before it is moved. Defaults to none.
    """
    with written_whole(directory) as temporary:
        tf.saved_model.save(module, str(temporary), signatures=signatures)
        if finish is not None:
            finish(temporary)


@contextlib.contextmanager
def written_whole(directory):
    """Gives the block a directory to fill, which is then moved to `directory`.

    If the block raises, nothing is left.

    Args:
        directory: `pathlib.Path` that `free_directory` gave.
    """
    made = [each for each in directory.parents if not each.exists()]
    temporary = None
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        temporary = tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent)
        yield Path(temporary)
        os.chmod(temporary, 0o755)
        if directory.exists():
            directory.rmdir()
        # Fails where somebody else wrote in the meantime: nothing is overwritten.
        os.replace(temporary, directory)
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        for each in made:
            # Those that hold something now stay.
            with contextlib.suppress(OSError):
                each.rmdir()

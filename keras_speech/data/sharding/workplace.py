"""The directory in which shards come to be: taken by one run at a time, and tidied."""

import contextlib
import os
import re

from keras_speech.data.sharding import plan

# What `written_whole` leaves of our files where a process is killed.
_LEFTOVER = re.compile(r"\.(shard-\d+-of-\d+|plan|manifest)\.(tfrecord|jsonl?)\.\w+\.tmp")


@contextlib.contextmanager
def begun(directory, settings, shards):
    """Makes the directory, or goes on in one where the same work was begun.

    Args:
        directory: of the shards.
        settings: dict, see `prepare`.
        shards: lists of entries, see `plan.shards_of`.

    Raises:
        OSError: the directory cannot be made.
        ValueError: it holds something else, or another process works there.
    """
    if os.path.exists(directory) and not os.path.isdir(directory):
        raise ValueError(f"`directory` must be a directory. Received: {directory!r}, a file.")
    os.makedirs(directory, exist_ok=True)
    with _taken(directory):
        _remove_leftovers(directory)
        names = os.listdir(directory)
        if plan.PLAN_FILE in names:
            plan.compare(directory, settings, shards)
        elif names:
            raise ValueError(
                "`directory` must be empty, or begun by the same call. "
                f"Received: {directory!r}, which holds {min(names)!r}."
            )
        plan.write_plan(directory, settings, [entry for shard in shards for entry in shard])
        try:
            yield
        finally:
            _remove_leftovers(directory)


@contextlib.contextmanager
def _taken(directory):
    """Keeps other runs out; the system lets them in when this process ends, however it does."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ValueError(
                f"Another process is writing into {directory}; wait for it, or name a new "
                "directory."
            ) from error
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(handle)


def _remove_leftovers(directory):
    for name in os.listdir(directory):
        if _LEFTOVER.fullmatch(name):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(directory, name))

"""Files of the callbacks, which appear complete or not at all."""

import os
from pathlib import Path


def write_whole(path, content):
    """Writes `content` to a temporary file beside `path` and renames it.

    Args:
        path: the file to write; its directory is made.
        content: bytes.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)

"""Tables of pronunciations on disk: gzipped text, one tab-separated entry per line."""

import gzip
import os
import tempfile
import zlib


def write_table(path, table):
    """Writes a dict of strings, sorted, so that equal tables give equal bytes; whole or not."""
    text = "".join(f"{key}\t{table[key]}\n" for key in sorted(table))
    data = gzip.compress(text.encode(), compresslevel=9, mtime=0)  # no time stamp
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path) or ".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)  # mkstemp's own mode lets nobody else read
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def read_table(path):
    """Reads what `write_table` wrote.

    Raises:
        ValueError: if the file is missing or damaged; names the file and the line.
    """
    try:
        with gzip.open(path, "rb") as file:
            text = file.read().decode()
    except FileNotFoundError as error:
        raise ValueError(f"A pronunciation file is missing: {path}") from error
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ValueError(f"A pronunciation file is damaged: {path} ({error}).") from error
    table = {}
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        key, tab, value = line.partition("\t")
        if not (key and tab and value) or key in table:
            raise ValueError(f"A pronunciation file is damaged: {path}, line {number}: {line!r}.")
        table[key] = value
    if not text.endswith("\n") and text:
        raise ValueError(f"A pronunciation file is damaged: {path} ends within a line.")
    return table

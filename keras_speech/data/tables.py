"""What the readers share: tables with `|`, lists of ids, files by name, and errors by choice."""

import dataclasses
import os
import warnings

from keras_speech.data.audio_files import AUDIO_SUFFIXES
from keras_speech.data.corpus import Recording


@dataclasses.dataclass(frozen=True)
class Skipped:
    """A recording that was left out.

    Args:
        where: its id and line, as messages name it.
        reason: what was wrong, the whole message.
        recording: the `Recording`, or `None` where its row could not be read.
    """

    where: str
    reason: str
    recording: Recording | None = None


class OnError:
    """Raises a problem, or lists it and goes on, as the caller chose.

    Args:
        choice: `"raise"` or `"skip"`.
        skipped: list that `Skipped` entries are appended to, or `None`.
    """

    def __init__(self, choice, skipped=None):
        if choice not in ("raise", "skip"):
            raise ValueError(
                f"`on_error` must be 'raise' or 'skip'. Received: on_error={choice!r}."
            )
        self.choice = choice
        self.skipped = [] if skipped is None else skipped
        self.count = 0

    def __call__(self, error, where, recording=None):
        if self.choice == "raise":
            raise error
        self.count += 1
        self.skipped.append(Skipped(where, str(error), recording))

    def warn(self, name, *, stacklevel):
        """Warns once of all that was skipped, so that it is seen without the list as well."""
        if self.count:
            first = "; ".join(entry.reason for entry in self.skipped[-self.count :][:3])
            warnings.warn(
                f"{self.count} recordings of {name} were skipped. First of them: {first}",
                stacklevel=stacklevel + 1,
            )


def read_rows(path, *, columns, on_error):
    """Reads a table with `|` between its columns and no quoting.

    Args:
        path: UTF-8 text file; a byte order mark, CRLF line ends and blank lines are accepted.
        columns: numbers of columns a row may have, such as `(2, 3)`.
        on_error: an `OnError`, called with each bad row.

    Yields: `(line number from 1, list of stripped cells)`.
    """
    path = os.fspath(path)
    for number, row in _decoded_lines(path, what="table", on_error=on_error):
        where = f"line {number} of {os.path.basename(path)}"
        if not row.strip():
            continue
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) not in columns:
            expected = " or ".join(map(str, columns))
            problem = f"expected {expected} columns separated by '|', found {len(cells)}"
        elif not cells[0]:
            problem = "the first column (the recording's id) is empty"
        else:
            yield number, cells
            continue
        shown = row.strip() if len(row.strip()) <= 80 else row.strip()[:77] + "..."
        on_error(ValueError(f"{path}, line {number}: {problem}. Received: {shown!r}."), where)


def read_ids(path):
    """Reads a list of ids, as `train.txt` and `val.txt` are written.

    Args:
        path: text file with one id a line; what follows a `|` is ignored, and so are blank lines.

    Returns: list of str.
    """
    return _ids(os.fspath(path), OnError("raise"))


def read_ids_if_there(path, *, on_error):
    """`read_ids`, or `None` where there is no such file; an `OnError` is given each bad line."""
    return _ids(path, on_error) if os.path.isfile(path) else None


def _ids(path, on_error):
    rows = _decoded_lines(path, what="list", on_error=on_error)
    ids = [row.split("|")[0].strip() for _, row in rows]
    return [i for i in ids if i]


def _decoded_lines(path, *, what, on_error):
    """Yields `(line number from 1, str)` of the lines that are UTF-8."""
    try:
        with open(path, "rb") as file:
            lines = file.read().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise ValueError(f"Cannot read the {what} {path}: {error.strerror}.") from error
    for number, line in enumerate(lines, start=1):
        try:
            row = line.decode("utf-8")
        except UnicodeDecodeError:
            where = f"line {number} of {os.path.basename(path)}"
            on_error(ValueError(f"{path}, line {number}: not UTF-8 text."), where)
            continue
        yield number, row


def audio_by_stem(directory):
    """Audio files of one directory: `{name without suffix: path}`.

    Where one name has several suffixes, the first of wav, flac, mp3, ogg counts.
    """
    found = {}
    with os.scandir(directory) as entries:
        names = [entry.name for entry in entries if not entry.name.startswith(".")]
    for name in names:
        stem, suffix = os.path.splitext(name)
        if suffix.lower() in AUDIO_SUFFIXES:
            found.setdefault(stem, []).append((AUDIO_SUFFIXES.index(suffix.lower()), name))
    return {stem: os.path.join(directory, min(files)[1]) for stem, files in found.items()}


def name_problem(name):
    """Why a file cannot be named in tables and reports, or `None`."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return f"the name {os.fsencode(name)!r} is not UTF-8"
    return None


def require_directory(directory, *, what):
    """The directory as str; a ValueError where it is none."""
    directory = os.fspath(directory)
    if not os.path.isdir(directory):
        raise ValueError(f"{what} needs a directory. Received: {directory!r}, which is none.")
    return directory


def require_recordings(recordings, directory, *, looked_for):
    """A ValueError where a reader found nothing."""
    if not recordings:
        raise ValueError(f"No recordings in {directory}. Looked for: {looked_for}.")
    return recordings

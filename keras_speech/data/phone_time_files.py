"""Files of phone times: TextGrids, JSON and JSON Lines."""

import dataclasses
import json
import os

import numpy as np

from keras_speech.data import textgrid


@dataclasses.dataclass(frozen=True)
class Phones:
    """Phones with their times, as an aligner names them.

    Args:
        where: file and line, for messages.
        names: list of str.
        starts, ends: float64 arrays, seconds.
    """

    where: str
    names: list
    starts: np.ndarray
    ends: np.ndarray


@dataclasses.dataclass(frozen=True)
class TokenFrames:
    """Frames of each token.

    Args:
        where: file and line, for messages.
        symbols: list of str, the tokens.
        durations: int32 array, frames of each.
        hop_seconds: float, or `None` where the file does not say.
    """

    where: str
    symbols: list
    durations: np.ndarray
    hop_seconds: float | None


class PhoneTimes:
    """Times by the id of a recording.

    Args:
        source: the file or directory, for messages.
        by_id: dict from id to `Phones`, `TokenFrames`, or a function that reads them.
        alike: dict from an id to the names of several files that could be meant.
    """

    def __init__(self, source, by_id, alike=None):
        self.source, self._by_id, self._alike = source, by_id, alike or {}

    def of(self, name):
        """Times of one recording; a `ValueError` where there are none."""
        if name in self._alike:
            raise ValueError(
                f"several files of {self.source} could be its: {', '.join(self._alike[name][:3])}."
            )
        if name not in self._by_id:
            raise ValueError(f"there are no times of it in {self.source}.")
        found = self._by_id[name]
        return found() if callable(found) else found


def read_phone_times(source, *, tier="phones", phone_seconds=0.01):
    """Opens a directory of TextGrids, or reads a `.json` or `.jsonl` file, as `PhoneTimes`.

    Args: as in `with_phone_times`.

    Raises:
        ValueError: for a malformed JSON file, and a directory without TextGrids; names the file
            and the line. A TextGrid is read when it is asked for.
    """
    source = os.fspath(source)
    if os.path.isdir(source):
        return _textgrids(source, tier)
    if not source.endswith((".json", ".jsonl")):
        raise ValueError(
            "`source` must be a directory of TextGrids, or a .json or .jsonl file. "
            f"Received: {source!r}."
        )
    try:
        with open(source, encoding="utf-8-sig") as file:
            text = file.read()
    except OSError as error:
        raise ValueError(f"Cannot read {source}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{source} is not UTF-8 text.") from error
    by_id, lines = {}, {}
    for where, row in (_objects if source.endswith(".json") else _lines)(source, text):
        name, times = _parsed(where, row, phone_seconds)
        if name in lines:
            raise ValueError(f"{where}: the id {name!r} is in {lines[name]} already.")
        by_id[name], lines[name] = times, where
    return PhoneTimes(source, by_id)


def _textgrids(directory, tier):
    found, stems = {}, {}
    for folder, folders, names in os.walk(directory):
        folders.sort()
        for name in sorted(names):
            stem, suffix = os.path.splitext(name)
            if suffix.lower() == ".textgrid":
                path = os.path.join(folder, name)
                inside = os.path.relpath(os.path.join(folder, stem), directory)
                found[inside.replace(os.sep, "/")] = path
                stems.setdefault(stem, []).append(path)
    if not found:
        raise ValueError(f"`source` must hold TextGrid files. Received: {directory!r} without one.")
    paths = {stem: files[0] for stem, files in stems.items() if len(files) == 1} | found
    alike = {stem: files for stem, files in stems.items() if stem not in paths}
    return PhoneTimes(
        directory,
        {name: lambda path=path: _of_textgrid(path, tier) for name, path in paths.items()},
        alike,
    )


def _of_textgrid(path, tier):
    intervals = textgrid.read_textgrid(path, tier)
    if not intervals:
        raise ValueError(f"{path}: the tier {tier!r} is empty.")
    names, starts, ends = zip(*intervals, strict=True)
    return Phones(path, list(names), np.array(starts), np.array(ends))


def _lines(path, text):
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            where = f"{path}, line {number}"
            try:
                yield where, json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"{where}: not JSON: {error.msg}.") from error


def _objects(path, text):
    try:
        rows = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}, line {error.lineno}: not JSON: {error.msg}.") from error
    if isinstance(rows, dict):
        rows = [
            {"id": name, **(row if isinstance(row, dict) else {"phones": row})}
            for name, row in rows.items()
        ]
    if not isinstance(rows, list):
        raise ValueError(f"{path}: must hold an object from ids to phones, or a list of objects.")
    return [(f"{path}, entry {i}", row) for i, row in enumerate(rows, start=1)]


def _parsed(where, row, phone_seconds):
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        raise ValueError(f'{where}: must be an object with a str "id". Received: {str(row)[:80]}.')
    name = row["id"]
    where = f"{where}, id {name!r}"
    if "durations" in row and "symbols" in row:
        return name, _token_frames(where, row)
    if "phones" in row:
        return name, _phones(where, row["phones"], phone_seconds)
    raise ValueError(
        f'{where}: must have "phones", or "symbols" and "durations". Received: {sorted(row)}.'
    )


def _token_frames(where, row):
    symbols, frames, hop = row["symbols"], row["durations"], row.get("hop_seconds")
    if not _list_of(symbols, str) or not _list_of(frames, int) or len(symbols) != len(frames):
        raise ValueError(
            f"{where}: `symbols` must be strings, each with its whole number of frames."
        )
    if min(frames, default=0) < 0 or not sum(frames):
        raise ValueError(f"{where}: `durations` must be frames, 0 or more, and not all 0.")
    if not (hop is None or (_is_number(hop) and hop > 0)):
        raise ValueError(f"{where}: `hop_seconds` must be positive. Received: {hop!r}.")
    return TokenFrames(where, symbols, np.array(frames, "int32"), hop)


def _phones(where, rows, phone_seconds):
    if not isinstance(rows, list) or not rows:
        raise ValueError(f"{where}: `phones` must be a list that is not empty.")
    end = 0.0
    for phone in rows:
        if not (
            isinstance(phone, list)
            and len(phone) == 3
            and isinstance(phone[0], str)
            and all(map(_is_number, phone[1:]))
        ):
            raise ValueError(
                f"{where}: a phone must be a list of name, start and length. Received: {phone!r}."
            )
        if phone[2] <= 0 or phone[1] < end - 1e-6:
            raise ValueError(
                f"{where}: phones must follow one another, each with a positive length. "
                f"Received: {phone!r} where the one before ends at {end}."
            )
        end = phone[1] + phone[2]
    names, starts, lengths = zip(*rows, strict=True)
    starts, lengths = np.array(starts, "float64"), np.array(lengths, "float64")
    return Phones(where, list(names), starts * phone_seconds, (starts + lengths) * phone_seconds)


def _list_of(values, kind):
    return isinstance(values, list) and all(
        isinstance(value, kind) and not isinstance(value, bool) for value in values
    )


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and np.isfinite(value)

"""The index of a shard: where each of its recordings begins, and what is known of it."""

import dataclasses
import hashlib
import os

import numpy as np

from keras_speech.data.corpus import Recording
from keras_speech.data.sharding import manifest

TRAIN, VALIDATION = "train", "validation"

_LONGEST_DURATION = 2**31 - 1


@dataclasses.dataclass(frozen=True)
class Index:
    """An index as read.

    Args:
        shard: the `Shard` that it describes.
        n_samples: samples of all its recordings.
        n_clipped: how many recordings went beyond full scale.
        skipped: list of `(id, reason)` of what was left out.
        rows: list of dict, one for each recording.
        sha256: of the index itself.
    """

    shard: manifest.Shard
    n_samples: int
    n_clipped: int
    skipped: list
    rows: list
    sha256: str


def write_index(directory, shard, rows, *, n_samples, n_clipped, skipped):
    """Writes the index of a shard that is on disk.

    Args:
        directory: of the shards.
        shard: `Shard`.
        rows: list of dict, see `row_of`.
        n_samples, n_clipped, skipped: as in `Index`.
    """
    header = {
        "file": shard.file,
        "n_bytes": shard.n_bytes,
        "sha256": shard.sha256,
        "n_samples": n_samples,
        "n_clipped": n_clipped,
        "skipped": [{"id": name, "reason": reason} for name, reason in skipped],
    }
    path = os.path.join(directory, manifest.index_name(shard.file))
    manifest.write_json_lines(path, [header, *rows])


def read_index(directory, number, count, sha256=None):
    """Reads and checks the index of a shard.

    Args:
        directory: of the shards.
        number, count: of the shard, as in its name.
        sha256: that of the index, where the manifest has it.

    Returns: `Index`.

    Raises:
        ValueError: it cannot be read or is damaged.
    """
    name = manifest.shard_name(number, count)
    path = os.path.join(directory, manifest.index_name(name))
    data = manifest.read_bytes(path)
    found = hashlib.sha256(data).hexdigest()
    if sha256 not in (None, found):
        raise ValueError(f"{path} is damaged: its SHA-256 is another than when it was made.")
    lines = data.splitlines()
    if not lines:
        raise ValueError(f"{path} is damaged: it is empty.")
    header, *rows = (
        manifest.parse(line, f"{path}, line {n}") for n, line in enumerate(lines, start=1)
    )
    shard = manifest.read_shard(header, name, path)
    n_samples = manifest.checked(header, "n_samples", int, path)
    n_clipped = manifest.checked(header, "n_clipped", int, path)
    skipped = [
        tuple(manifest.checked(entry, key, str, path) for key in ("id", "reason"))
        for entry in manifest.checked(header, "skipped", list, path)
    ]
    for n, row in enumerate(rows, start=2):
        _check_row(row, shard, f"{path}, line {n}")
    return Index(shard, n_samples, n_clipped, skipped, rows, found)


def row_of(entry, offset, n_samples):
    """The row of a recording: what its entry in the plan says of it, and where it lies.

    Args:
        entry: dict, see `plan.entries`.
        offset: bytes before its record.
        n_samples: number of its samples.
    """
    kept = ("text", "speaker", "line", "source", "part", "durations")
    known = {key: entry[key] for key in kept if entry[key] is not None}
    return {"id": entry["id"], "offset": offset, "n_samples": n_samples, **known}


def recording_of(row, directory, shard):
    """The `Recording` that a row describes."""
    durations = row.get("durations")
    return Recording(
        row["id"],
        f"{os.path.join(directory, shard.file)}:{row['offset']}",
        row["text"],
        speaker=row.get("speaker"),
        line=row.get("line"),
        durations=None if durations is None else np.array(durations, "int32"),
        source=row.get("source"),
    )


def _check_row(row, shard, where):
    manifest.checked(row, "id", str, where)
    manifest.checked(row, "text", str, where)
    manifest.checked(row, "n_samples", int, where)
    if manifest.checked(row, "offset", int, where) >= max(1, shard.n_bytes):
        raise ValueError(
            f"{where}: `offset` must lie within the shard. Received: {row['offset']} of "
            f"{shard.n_bytes} bytes."
        )
    for name, kind in (("speaker", str), ("source", str), ("line", int), ("durations", list)):
        if name in row:
            manifest.checked(row, name, kind, where)
    for value in row.get("durations", ()):
        if type(value) is not int or not 0 <= value <= _LONGEST_DURATION:
            raise ValueError(
                f"{where}: `durations` must be numbers of frames. Received: {value!r}."
            )
    if row.get("part", TRAIN) not in (TRAIN, VALIDATION):
        raise ValueError(f"{where}: `part` must be {TRAIN!r} or {VALIDATION!r}.")

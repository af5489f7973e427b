"""Which recordings go into which shard, and whether that is still as it was when a run began."""

import hashlib
import json
import os

import numpy as np

from keras_speech.data import audio_files
from keras_speech.data.sharding import index, manifest

PLAN_FILE = "plan.jsonl"


def entries(corpus):
    """All that is known of each recording, as dicts that JSON can hold.

    Args:
        corpus: `Corpus`.

    Returns: list of dict with `id`, `where` (for messages), `path`, `text`, `speaker`, `line`,
        `source`, `part` (of the fixed split), `durations` and `fingerprint`, that of the file;
        `None` where unknown.
    """
    train, validation = set(corpus.train.ids), set(corpus.validation.ids)
    return [_entry(recording, train, validation) for recording in corpus]


def _entry(recording, train, validation):
    part = index.TRAIN if recording.id in train else None
    try:
        fingerprint = audio_files.fingerprint(recording.path)
    except (OSError, ValueError):
        fingerprint = None  # reading it will say why
    durations = recording.durations
    return {
        "id": recording.id,
        "where": recording.where,
        "path": os.path.abspath(recording.path),
        "text": recording.text,
        "speaker": recording.speaker,
        "line": recording.line,
        "source": recording.source,
        "part": index.VALIDATION if recording.id in validation else part,
        "durations": None if durations is None else np.asarray(durations).tolist(),
        "fingerprint": fingerprint,
    }


def shards_of(entries, per_shard):
    """Cuts a list of entries into the lists of the shards, in the order of the corpus."""
    return [entries[begin : begin + per_shard] for begin in range(0, len(entries), per_shard)]


def write_plan(directory, settings, entries):
    """Writes what a directory is made of and how.

    Args:
        directory: of the shards.
        settings: dict of all that the shards depend on beside the recordings.
        entries: list of dict, see `entries`.
    """
    rows = ([e["id"], e["fingerprint"], _digest(e)] for e in entries)
    manifest.write_json_lines(os.path.join(directory, PLAN_FILE), [settings, *rows])


def compare(directory, settings, shards):
    """Says whether a run that began in a directory can go on.

    Settings must be the same and recordings the same ones. A recording that changed, such as one
    that was repaired, may only belong to a shard that is not whole yet.

    Args:
        directory: of the shards.
        settings: as in `write_plan`.
        shards: lists of entries, as of `shards_of`.

    Raises:
        ValueError: it cannot go on; says what is different.
    """
    before, rows = _read_plan(os.path.join(directory, PLAN_FILE))
    _require_same_settings(directory, before, settings)
    names, ids = [row[0] for row in rows], [e["id"] for shard in shards for e in shard]
    if names != ids:
        new, gone = set(ids) - set(names), set(names) - set(ids)
        found = ", ".join(
            f"{len(some)} {what}, such as {min(some)!r}"
            for some, what in ((new, "new"), (gone, "gone"))
            if some
        )
        raise ValueError(
            f"{directory} was begun with other recordings: {found or 'in another order'}. "
            "Name a new directory."
        )
    rows = iter(rows)
    for number, shard in enumerate(shards):
        name = manifest.index_name(manifest.shard_name(number, len(shards)))
        is_done = os.path.exists(os.path.join(directory, name))
        # Not strict: the rest of the rows belongs to the next shards.
        for entry, (_, fingerprint, digest) in zip(shard, rows, strict=False):
            problem = ""
            if entry["fingerprint"] != fingerprint:
                problem = f"its file {entry['path']}"
            elif _digest(entry) != digest:
                problem = "its text, speaker, durations or part of the split"
            if problem and is_done:
                raise ValueError(
                    f"Recording {entry['id']!r} has changed ({problem}) since {directory} was "
                    f"begun. Name a new directory, or delete {name} to have its shard made again."
                )


def _read_plan(path):
    lines = manifest.read_bytes(path).splitlines()
    settings, *rows = [
        manifest.parse(line, f"{path}, line {n}") for n, line in enumerate(lines, start=1)
    ] or [None]
    good = all(isinstance(r, list) and len(r) == 3 and isinstance(r[0], str) for r in rows)
    if not isinstance(settings, dict) or not good:
        raise ValueError(f"{path} is damaged: it is not what was written.")
    return settings, rows


def _digest(entry):
    known = [v for k, v in sorted(entry.items()) if k not in ("id", "path", "fingerprint")]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:16]


def _require_same_settings(directory, before, now):
    different = [
        f"{name} was {before.get(name)!r} and is {now.get(name)!r}"
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    ]
    if different:
        raise ValueError(
            f"{directory} was begun with other settings: {'; '.join(different)}. Repeat those "
            "settings to go on with it, or name a new directory."
        )

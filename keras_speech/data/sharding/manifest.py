"""What describes a directory of shards: a manifest of all of them, and an index of each.

The manifest, written last, says that the directory is whole. An index, written after its shard,
says that the shard is. Whoever sends such files may have made them up, so nothing that they say is
taken unseen: names follow from numbers, and places must lie within the shard.
"""

import dataclasses
import hashlib
import json
import os

from keras_speech.whole_files import written_whole

MANIFEST_FILE = "manifest.json"
FORMAT, VERSION = "keras_speech shards", 1

_BIGGEST = 2**53  # beyond it, not every program reads a number of JSON exactly
_AT_ONCE = 2**20


@dataclasses.dataclass(frozen=True)
class Shard:
    """One shard as the manifest or its index has it.

    Args:
        file: name of the TFRecord file in the directory.
        n_bytes: its size.
        sha256: its SHA-256, as hexadecimal digits.
        index_sha256: that of the index; `None` in the index itself.
    """

    file: str
    n_bytes: int
    sha256: str
    index_sha256: str | None = None


def shard_name(number, count):
    """File name of a shard, from 0 to `count - 1`."""
    return f"shard-{number:05d}-of-{count:05d}.tfrecord"


def index_name(file):
    """File name of the index of a shard."""
    return os.path.splitext(file)[0] + ".jsonl"


def is_sharded(directory):
    """Whether a directory holds a manifest of shards."""
    try:
        with open(os.path.join(directory, MANIFEST_FILE), "rb") as file:
            fields = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(fields, dict) and fields.get("format") == FORMAT


def write_json_lines(path, rows):
    """Writes dicts, one a line, whole and down to the disk."""
    with written_whole(path) as file:
        for row in rows:
            file.write(_json(row) + b"\n")
        flush(file)


def flush(file):
    """Brings what was written to the disk, so that a rename never comes before it."""
    file.flush()
    os.fsync(file.fileno())


def write_manifest(directory, fields, shards):
    """Writes the manifest.

    Args:
        directory: of the shards.
        fields: dict of what holds for all of them.
        shards: list of `Shard`.
    """
    entries = [dataclasses.asdict(shard) for shard in shards]
    content = {"format": FORMAT, "version": VERSION, **fields, "shards": entries}
    with written_whole(os.path.join(directory, MANIFEST_FILE)) as file:
        file.write(_json(content, indent=1) + b"\n")
        flush(file)


def read_manifest(directory):
    """Reads and checks the manifest.

    Returns: `(dict of fields, list of Shard)`.

    Raises:
        ValueError: there is none, or it is not one that `prepare` writes.
    """
    path = os.path.join(directory, MANIFEST_FILE)
    fields = parse(read_bytes(path), path)
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise ValueError(f"{path} is no manifest of shards.")
    if fields.get("version") != VERSION:
        raise ValueError(
            f"{path} must be of version {VERSION}. Received: version={fields.get('version')!r}."
        )
    checked(fields, "name", str, path)
    checked(fields, "sample_rate", int, path)
    speakers = checked(fields, "speakers", list, path)
    if not all(isinstance(speaker, str) for speaker in speakers):
        raise ValueError(f"{path}: `speakers` must be names.")
    entries = checked(fields, "shards", list, path)
    shards = []
    for number, entry in enumerate(entries):
        where = f"{path}, shard {number}"
        shard = read_shard(entry, shard_name(number, len(entries)), where)
        shards.append(
            dataclasses.replace(shard, index_sha256=_digest(entry, "index_sha256", where))
        )
    return fields, shards


def read_shard(fields, name, where):
    """A `Shard` from the fields of a manifest or index, which must have the name `name`."""
    if checked(fields, "file", str, where) != name:
        raise ValueError(f"{where}: `file` must be {name!r}. Received: {fields['file']!r}.")
    n_bytes = checked(fields, "n_bytes", int, where)
    return Shard(name, n_bytes, _digest(fields, "sha256", where))


def read_bytes(path):
    """Content of a file; a `ValueError` where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ValueError(f"Cannot read {path}: {error.strerror}.") from error


def parse(data, where):
    """JSON of UTF-8 bytes; a `ValueError` with the place where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where} is damaged: {error}.") from error


def checked(fields, name, kind, where):
    """`fields[name]`; a `ValueError` where it is missing or of another kind, or a negative or huge
    number."""
    value = fields.get(name) if isinstance(fields, dict) else None
    good = isinstance(value, kind) and not isinstance(value, bool)
    if good and kind is int:
        good = 0 <= value < _BIGGEST
    if not good:
        kinds = {str: "a text", int: "a number from 0", list: "a list"}
        shown = repr(value) if not isinstance(value, (list, dict)) else type(value).__name__
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        raise ValueError(f"{where}: `{name}` must be {kinds[kind]}. Received: {shown}.")
    return value


def sha256_of(path):
    """SHA-256 of a file as hexadecimal digits, read in parts."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while part := file.read(_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()


def damage(directory, shard, *, content=True):
    """What is wrong with a shard.

    Args:
        directory: of the shards.
        shard: `Shard`.
        content: whether all of it is read and compared with its SHA-256. Defaults to `True`; else
            only its size is.

    Returns: a sentence, or `""` for a whole one.
    """
    path = os.path.join(directory, shard.file)
    try:
        n_bytes = os.stat(path).st_size
        if n_bytes != shard.n_bytes:
            return f"{path} is damaged: it has {n_bytes:,} bytes, not {shard.n_bytes:,}."
        if content and sha256_of(path) != shard.sha256:
            return f"{path} is damaged: its SHA-256 is another than when it was made."
    except OSError as error:
        return f"Cannot read {path}: {error.strerror}."
    return ""


def _json(content, **options):
    # Names of files need not be UTF-8; reading takes what this writes of them.
    return json.dumps(content, ensure_ascii=False, **options).encode("utf-8", "surrogatepass")


def _digest(fields, name, where):
    value = checked(fields, name, str, where)
    if len(value) != 64 or set(value) - set("0123456789abcdef"):
        raise ValueError(f"{where}: `{name}` must be 64 hexadecimal digits.")
    return value

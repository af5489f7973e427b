"""Manifests and indexes that somebody made up, or that were damaged: refused, and nothing else."""

import hashlib
import json

import pytest

from keras_speech.data import ljspeech, prepare, shards
from keras_speech.data.sharding import manifest

HASH = "0" * 64
SHARD = "shard-00000-of-00001"


@pytest.fixture
def directory(lj_directory, tmp_path):
    prepare(ljspeech(lj_directory), tmp_path / "shards", processes=1)
    return tmp_path / "shards"


def edit(directory, change):
    """Changes the manifest's content."""
    path = directory / "manifest.json"
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content))


def edit_row(directory, number, change):
    """Changes a line of the index, and the manifest so that it agrees."""
    path = directory / f"{SHARD}.jsonl"
    lines = path.read_bytes().splitlines()
    row = json.loads(lines[number])
    row = change(row) or row
    lines[number] = json.dumps(row).encode()
    path.write_bytes(b"\n".join(lines))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    edit(directory, lambda content: content["shards"][0].update(index_sha256=digest))


def test_what_prepare_writes_is_read(directory):
    edit(directory, lambda content: None)
    edit_row(directory, 1, lambda row: None)
    assert len(shards(directory, verify=True)) == 5


@pytest.mark.parametrize(
    "change, message",
    [
        ({"format": "tar"}, "is no manifest of shards"),
        ({"version": 2}, "must be of version 1. Received: version=2"),
        ({"name": None}, "`name` must be a text. Received: None"),
        ({"speakers": "ann"}, "`speakers` must be a list"),
        ({"speakers": [1]}, "`speakers` must be names"),
        ({"sample_rate": -1}, "`sample_rate` must be a number from 0. Received: -1"),
        ({"sample_rate": True}, "`sample_rate` must be a number from 0. Received: True"),
        ({"sample_rate": 2**70}, "`sample_rate` must be a number from 0. Received: 1180591620"),
        ({"shards": {}}, "`shards` must be a list. Received: dict"),
        ({"shards": []}, "No recordings in"),
        ({"shards": [5]}, "`file` must be a text. Received: None"),
    ],
)
def test_fields_of_another_kind_are_named(directory, change, message):
    edit(directory, lambda content: content.update(change))
    with pytest.raises(ValueError, match=message):
        shards(directory)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"file": "../../etc/passwd"}, f"`file` must be '{SHARD}.tfrecord'. Received: '../"),
        ({"file": "/etc/passwd"}, f"`file` must be '{SHARD}.tfrecord'. Received: '/etc"),
        ({"file": SHARD + ".tfrecord\0"}, "`file` must be"),
        ({"n_bytes": 10**18}, "`n_bytes` must be a number from 0"),
        ({"n_bytes": 10**12}, "it has [0-9,]+ bytes, not 1,000,000,000,000"),
        ({"n_bytes": 1.5}, "`n_bytes` must be a number from 0. Received: 1.5"),
        ({"sha256": "00"}, "`sha256` must be 64 hexadecimal digits"),
        ({"sha256": HASH}, "its SHA-256 is another"),
        ({"index_sha256": None}, "`index_sha256` must be a text"),
        ({"index_sha256": HASH}, f"{SHARD}.jsonl is damaged: its SHA-256 is another"),
    ],
)
def test_shards_elsewhere_or_of_another_size_are_refused(directory, change, message):
    edit(directory, lambda content: content["shards"][0].update(change))
    with pytest.raises(ValueError, match=message):
        shards(directory, verify=True)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"offset": 10**9}, "line 2: `offset` must lie within the shard. Received: 1000000000 of"),
        ({"offset": -1}, "line 2: `offset` must be a number from 0"),
        ({"offset": "0"}, "line 2: `offset` must be a number from 0"),
        ({"id": 7}, "line 2: `id` must be a text"),
        ({"id": "clip2"}, "must be unique"),
        ({"text": None}, "line 2: `text` must be a text. Received: None"),
        ({"speaker": ["ann"]}, "line 2: `speaker` must be a text. Received: list"),
        ({"speaker": "eve"}, "`speakers` must name every speaker"),
        ({"durations": "12"}, "line 2: `durations` must be a list"),
        ({"durations": [1, -1]}, "line 2: `durations` must be numbers of frames. Received: -1"),
        ({"durations": [2**40]}, "line 2: `durations` must be numbers of frames"),
        ({"part": "test"}, "line 2: `part` must be 'train' or 'validation'"),
        ({"n_samples": None}, "line 2: `n_samples` must be a number"),
    ],
)
def test_rows_of_another_kind_are_named(directory, change, message):
    edit_row(directory, 1, lambda row: row.update(change))
    with pytest.raises(ValueError, match=message):
        shards(directory)


def test_an_index_of_another_shard_is_refused(directory):
    edit_row(directory, 0, lambda row: row.update(file="../other.tfrecord"))
    with pytest.raises(ValueError, match="`file` must be"):
        shards(directory)


@pytest.mark.parametrize("row", [[], 5, None, "text"])
def test_rows_that_are_no_objects_are_refused(directory, row):
    path = directory / f"{SHARD}.jsonl"
    lines = path.read_bytes().splitlines()
    lines[1] = json.dumps(row).encode()
    path.write_bytes(b"\n".join(lines))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    edit(directory, lambda content: content["shards"][0].update(index_sha256=digest))
    with pytest.raises(ValueError, match="line 2: `id` must be a text"):
        shards(directory)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"version": ' + b"9" * 5000 + b"}", b"null", b"[]"],
    ids=["empty", "cut", "no UTF-8", "deep", "huge number", "null", "list"],
)
def test_what_is_no_manifest_is_refused(directory, content):
    (directory / "manifest.json").write_bytes(content)
    assert not manifest.is_sharded(directory)
    with pytest.raises(ValueError, match="manifest.json (is damaged|is no manifest)"):
        shards(directory)


def test_an_offset_at_another_record_gives_no_other_sound(directory):
    """The index says where, the record itself says what: a wrong place is no record."""
    from keras_speech.data import AudioError, read_audio

    edit_row(directory, 2, lambda row: row.update(offset=row["offset"] + 1))
    with pytest.raises(AudioError, match="is damaged: .*no record begins there"):
        read_audio(shards(directory)[1].path)

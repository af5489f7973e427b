"""TFRecord framing: TensorFlow reads it, any record is found again, and damage is noticed."""

import struct

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.data.sharding import records

CONTENTS = [b"first", b"", bytes(range(256)) * 40, b"last"]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.tfrecord"
    path.write_bytes(b"".join(map(records.framed, CONTENTS)))
    return path


@pytest.fixture
def offsets():
    # A record is 16 bytes longer than its data.
    return np.cumsum([0, *(len(content) + 16 for content in CONTENTS)])[:-1].tolist()


def test_tensorflow_reads_what_is_written(file):
    read = list(tf.data.TFRecordDataset(str(file)).as_numpy_iterator())
    assert read == CONTENTS


def test_bytes_are_those_that_tensorflow_writes(file, tmp_path):
    with tf.io.TFRecordWriter(str(tmp_path / "b.tfrecord")) as writer:
        for content in CONTENTS:
            writer.write(content)
    assert (tmp_path / "b.tfrecord").read_bytes() == file.read_bytes()


def test_every_record_is_found_by_its_offset(file, offsets):
    assert [records.read_record(file, offset) for offset in offsets] == CONTENTS


def test_a_fingerprint_tells_records_apart(file, offsets):
    found = [records.fingerprint(file, offset) for offset in offsets]
    assert [length for length, _ in found] == [len(content) for content in CONTENTS]
    assert len({checksum for _, checksum in found}) == len(CONTENTS)


@pytest.mark.parametrize("place", range(21 + 16))
def test_a_flipped_byte_is_noticed_wherever_it_is(file, place):
    data = bytearray(file.read_bytes())
    data[place] ^= 4
    file.write_bytes(data)
    # The first record takes 5 + 16 bytes, the second 16.
    with pytest.raises(records.RecordError, match="is damaged"):
        records.read_record(file, 0 if place < 21 else 21)


@pytest.mark.parametrize("n_bytes", [0, 5, 11, 12, 15, 20])
def test_a_cut_record_is_noticed(file, n_bytes):
    file.write_bytes(file.read_bytes()[:n_bytes])
    with pytest.raises(records.RecordError, match="the file ends"):
        records.read_record(file, 0)


def test_an_offset_between_records_is_noticed(file):
    with pytest.raises(records.RecordError, match="no record begins there"):
        records.read_record(file, 3)


def test_a_huge_length_takes_no_memory(tmp_path):
    """A length that is a lie, with the checksum that belongs to it."""
    length = struct.pack("<Q", 2**62)
    framed = records.framed(length)
    path = tmp_path / "a.tfrecord"
    path.write_bytes(length + framed[-4:] + b"data and more")  # the checksum of the 8 bytes
    with pytest.raises(records.RecordError, match="the file ends within it"):
        records.read_record(path, 0)


@pytest.mark.parametrize(
    "path, place",
    [
        ("a/b.tfrecord:12", ("a/b.tfrecord", 12)),
        ("C:\\b.tfrecord:0", ("C:\\b.tfrecord", 0)),
        ("a/b.tfrecord", None),
        ("a/b.wav:12", None),
        ("a/b.tfrecord:-1", None),
        ("a/b.tfrecord:" + "9" * 30, None),
        (".tfrecord:1", None),
    ],
)
def test_places_are_told_from_files(path, place):
    assert records.place_of(path) == place

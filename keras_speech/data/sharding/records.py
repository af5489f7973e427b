"""The framing of TFRecord files: records one after another, each between checksums.

Reference: `record_writer.cc` and `record_reader.cc` of TensorFlow.
"""

import os
import re
import struct

# Before the data its length and the checksum of that; after it the checksum of the data.
_HEADER_BYTES, _FOOTER_BYTES = 12, 4

# As Kaldi's lists name what lies in an archive: file, colon, where it begins.
_PLACE = re.compile(r"(.+\.tfrecord):([0-9]{1,18})", re.DOTALL)


class RecordError(ValueError):
    """A record that is missing or damaged. The message names the file and the place in it."""


def place_of(path):
    """File and offset of a path such as `shards/shard-00000-of-00004.tfrecord:8192`.

    Args:
        path: str.

    Returns: `(file, int)`, or `None` for the path of a whole file.

    Example:

    >>> place_of("a/shard-00000-of-00004.tfrecord:8192")
    ('a/shard-00000-of-00004.tfrecord', 8192)
    """
    match = _PLACE.fullmatch(path)
    return None if match is None else (match[1], int(match[2]))


def framed(data):
    """A record as it stands in a file: `data`, bytes, with its length and checksums."""
    length = struct.pack("<Q", len(data))
    checksums = (struct.pack("<I", _masked_checksum(part)) for part in (length, data))
    return b"".join((length, next(checksums), data, next(checksums)))


def read_record(path, offset):
    """The data of the record that begins at `offset`, compared with its checksum.

    Args:
        path: the file.
        offset: bytes before the record.

    Returns: bytes.

    Raises:
        OSError: the file cannot be read.
        RecordError: there is no whole record, or it is damaged.
    """
    with open(path, "rb") as file:
        length = _length(file, path, offset)
        data = file.read(length)
        (checksum,) = struct.unpack("<I", file.read(_FOOTER_BYTES))
    if _masked_checksum(data) != checksum:
        raise _damaged(path, offset, "its checksum is another")
    return data


def fingerprint(path, offset):
    """What tells a record from others without reading it: its length and its checksum.

    Raises: as `read_record`, as far as the length is concerned.
    """
    with open(path, "rb") as file:
        length = _length(file, path, offset)
        file.seek(length, os.SEEK_CUR)
        (checksum,) = struct.unpack("<I", file.read(_FOOTER_BYTES))
    return length, checksum


def _length(file, path, offset):
    """The length of the record at `offset`, held against the file's; leaves `file` at its data."""
    rest = os.fstat(file.fileno()).st_size - offset - _HEADER_BYTES - _FOOTER_BYTES
    if rest < 0:
        raise _damaged(path, offset, "the file ends before it")
    file.seek(offset)
    header = file.read(_HEADER_BYTES)
    length, checksum = struct.unpack("<QI", header)
    if _masked_checksum(header[:8]) != checksum:
        raise _damaged(path, offset, "its length is damaged, or no record begins there")
    if length > rest:
        raise _damaged(path, offset, "the file ends within it")
    return length


def _masked_checksum(data):
    """CRC-32C, turned and shifted, as the format has it: data may hold checksums itself."""
    import google_crc32c

    checksum = google_crc32c.value(data)
    return ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _damaged(path, offset, problem):
    return RecordError(f"The record at byte {offset:,} of {path} is damaged: {problem}.")

"""`EventFile`: what TensorBoard reads, written without TensorFlow or TensorBoard."""

import io
import os
import socket
import struct
import time
import wave
from pathlib import Path

import numpy as np


class EventFile:
    """A file of TensorBoard's in a directory, made with the first value that is written.

    Every write opens and closes it, so that nothing is lost with the process and nothing needs
    closing. TensorBoard joins the files of a directory: a resumed run simply begins another.

    Args:
        directory: the run's; it is made.

    Example:

    >>> events = EventFile("logs/train")  # doctest: +SKIP
    >>> events.scalars({"loss": 0.5}, step=1)  # doctest: +SKIP

    Reference: `event.proto`, `summary.proto` and `record_writer.cc` of TensorFlow,
    `audio/plugin_data.proto` of TensorBoard.
    """

    def __init__(self, directory):
        self.directory = Path(directory)
        self.path = None

    def scalars(self, values, *, step):
        """Writes numbers, each under its name.

        Args:
            values: dict of name to number.
            step: int, the place on TensorBoard's axis.
        """
        # Summary.Value: tag = 1, simple_value = 2
        self._write([_text(1, name) + _float(2, value) for name, value in values.items()], step)

    def audio(self, name, samples, sample_rate, *, step):
        """Writes a sound for TensorBoard's audio tab.

        Args:
            name: str.
            samples: float `(samples,)` in [-1, 1]; what exceeds it is clipped.
            sample_rate: Hz.
            step: int, the place on TensorBoard's slider.
        """
        # A tensor of shape (1, 2): the sound and its (empty) description.
        # TensorProto: dtype = 1 (7: strings), tensor_shape = 2, string_val = 8; dim = 2, size = 1
        shape = _bytes(2, _whole(1, 1)) + _bytes(2, _whole(1, 2))
        tensor = _whole(1, 7) + _bytes(2, shape)
        tensor += _bytes(8, wav_bytes(samples, sample_rate)) + _bytes(8, b"")
        # SummaryMetadata: plugin_data = 1; PluginData: plugin_name = 1, content = 2; of the audio
        # plugin: encoding = 2 (11: WAV). Its data class stays unsaid, as in TensorFlow's own
        # files: where it is said, TensorBoard takes the description for a second sound.
        metadata = _bytes(1, _text(1, "audio") + _bytes(2, _whole(2, 11)))
        # Summary.Value: tag = 1, tensor = 8, metadata = 9
        self._write([_text(1, name) + _bytes(8, tensor) + _bytes(9, metadata)], step)

    def image(self, name, png, *, step):
        """Writes a picture for TensorBoard's images tab.

        Args:
            name: str.
            png: bytes of a PNG file.
            step: int, the place on TensorBoard's slider.
        """
        # A PNG begins with its signature and a first chunk that tells its size.
        sizes = [b"%d" % size for size in struct.unpack(">II", png[16:24])]
        # A tensor of shape (3,): width and height in words, and the picture.
        tensor = _whole(1, 7) + _bytes(2, _bytes(2, _whole(1, 3)))
        tensor += b"".join(_bytes(8, value) for value in (*sizes, png))
        # Of the plugin of images nothing is said but its name.
        metadata = _bytes(1, _text(1, "images"))
        self._write([_text(1, name) + _bytes(8, tensor) + _bytes(9, metadata)], step)

    def _write(self, values, step):
        # Event: wall_time = 1, step = 2, file_version = 3, summary = 5; Summary: value = 1
        now = time.time()
        records = []
        if self.path is None:
            self.directory.mkdir(parents=True, exist_ok=True)
            self.path = self._new_path(now)
            records.append(_double(1, now) + _text(3, "brain.Event:2"))
        summary = b"".join(_bytes(1, value) for value in values)
        records.append(_double(1, now) + _whole(2, step) + _bytes(5, summary))
        with open(self.path, "ab") as file:
            file.write(b"".join(map(_record, records)))

    def _new_path(self, now):
        # TensorBoard looks for "tfevents" and reads the files in the order of their names.
        stem = f"events.out.tfevents.{int(now):010d}.{socket.gethostname()}.{os.getpid()}"
        return next(
            path
            for number in range(10**6)
            if not (path := self.directory / f"{stem}.{number}").exists()
        )


def wav_bytes(samples, sample_rate):
    """Returns a 16-bit mono WAV file of float `samples` as `bytes`."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(int(sample_rate))
        full_scale = np.clip(np.asarray(samples, "float64"), -1.0, 1.0) * 32767
        file.writeframes(np.round(full_scale).astype("<i2").tobytes())
    return buffer.getvalue()


def _record(data):
    """A TFRecord: length, its checksum, the data, its checksum."""
    length = struct.pack("<Q", len(data))
    return b"".join(
        (length, struct.pack("<I", _masked(length)), data, struct.pack("<I", _masked(data)))
    )


def _masked(data):
    checksum = crc32c(data)
    return ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF


def crc32c(data):
    """The checksum of RFC 3720; Python's own `zlib.crc32` has another polynomial."""
    value = 0xFFFFFFFF
    for byte in data:
        value = _TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def _table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return tuple(table)


_TABLE = _table()


# Fields of a protocol buffer: a number, the kind of what follows, and that.


def _varint(value):
    content = bytearray()
    while value > 0x7F:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(content) + bytes([value])


def _whole(field, value):
    return _varint(field << 3 | 0) + _varint(int(value))


def _double(field, value):
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _float(field, value):
    return _varint(field << 3 | 5) + struct.pack("<f", value)


def _bytes(field, value):
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field, value):
    return _bytes(field, value.encode("utf-8"))

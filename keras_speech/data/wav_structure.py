"""What libsndfile reads silently of a damaged WAV file: found in its chunks."""

import os
import struct

# Written as the length by programs that stream and cannot go back to fill it in.
_UNKNOWN_LENGTHS = (0x7FFFFFFF, 0x7FFFF000, 0xFFFFF000, 0xFFFFFFFF)

# Formats whose bytes per sample follow from the bits: PCM, float, A-law, mu-law.
_PLAIN_FORMATS = (1, 3, 6, 7)
_EXTENSIBLE = 0xFFFE

# Tags that programs append to any file, and how few bytes are not worth a complaint.
_TAGS = (b"TAG", b"ID3", b"APETAGEX", b"LYRICSBEGIN")
_FEW_BYTES = 128


def problem(file, n_bytes):
    """What is wrong with the chunks of a WAV file.

    Args:
        file: of any kind, open at its beginning, for bytes.
        n_bytes: its length.

    Returns: the end of a sentence that begins with the file's name, or `None`, also for a file
        that is no WAV.
    """
    header = file.read(12)
    if header[:4] not in (b"RIFF", b"RIFX", b"RF64") or header[8:12] != b"WAVE":
        return None
    order = ">" if header[:4] == b"RIFX" else "<"
    data_length = None
    while len(chunk := file.read(8)) == 8:
        name, length = struct.unpack(f"{order}4sI", chunk)
        start = file.tell()
        if name == b"ds64":
            # The real length of samples, where 32 bits are too few for it.
            data_length = struct.unpack("<8xQ", file.read(16).ljust(16, b"\xff"))[0]
        elif name == b"fmt ":
            if found := _contradiction(file.read(min(length, 40)), order):
                return found
        elif name == b"data":
            if length in _UNKNOWN_LENGTHS and data_length is not None:
                length = data_length
            if length in _UNKNOWN_LENGTHS:
                return None
            if start + length > n_bytes:
                missing = start + length - n_bytes
                return (
                    f"is truncated: its header promises {missing} bytes more than the "
                    f"{n_bytes} there are"
                )
            return _leftover(file, start + length, length, n_bytes, order)
        file.seek(start + length + length % 2)
    return None


def _contradiction(fmt, order):
    """How the fields of the format contradict each other, or `None`."""
    if len(fmt) < 16:
        return None
    kind, channels, rate, bytes_per_second, block, bits = struct.unpack(f"{order}HHIIHH", fmt[:16])
    if kind == _EXTENSIBLE and len(fmt) >= 26:
        kind = struct.unpack(f"{order}H", fmt[24:26])[0]
    if kind not in _PLAIN_FORMATS:
        return None
    if block != channels * -(-bits // 8):
        return (
            f"has a header that contradicts itself: {channels} channels of {bits} bits do not "
            f"take {block} bytes"
        )
    if bytes_per_second not in (0, rate * block):
        return (
            f"has a header that contradicts itself: {rate} Hz of {block} bytes do not take "
            f"{bytes_per_second} bytes a second"
        )
    return None


def _leftover(file, at, length, n_bytes, order):
    """What follows the samples and is neither chunks nor a tag: samples, most likely."""
    at += length % 2
    while n_bytes - at >= _FEW_BYTES:
        file.seek(at)
        head = file.read(8)
        name, chunk_length = struct.unpack(f"{order}4sI", head)
        if head.startswith(_TAGS):
            return None
        if not (name.isascii() and name.decode("latin-1").isprintable()) or (
            at + 8 + chunk_length > n_bytes
        ):
            file.seek(at, os.SEEK_SET)
            if not any(file.read()):
                return None  # padding
            return (
                f"has a header that is wrong: it counts {length} bytes of samples, and "
                f"{n_bytes - at} bytes follow that belong to nothing"
            )
        at += 8 + chunk_length + chunk_length % 2
    return None

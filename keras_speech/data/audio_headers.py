"""What the header of a recording says, and whether tensorflow-io may decode it."""

import io
import struct

import numpy as np
import soundfile

from keras_speech.data import mp3_structure, wav_structure
from keras_speech.data.audio_files import SAMPLE_RATES

# What tensorflow-io decodes to the samples that libsndfile finds. All else is left to the latter:
# 32-bit PCM, which tensorflow-io takes for floats, 64-bit floats, Ogg and rarer kinds.
SOUNDFILE = 0
UNKNOWN = -1
KINDS = (
    None,
    ("WAV", "PCM_U8"),
    ("WAV", "PCM_16"),
    ("WAV", "PCM_24"),
    ("WAV", "FLOAT"),
    ("FLAC", "PCM_16"),
    ("FLAC", "PCM_24"),
    ("MP3", "MPEG_LAYER_III"),
)
_BYTES = {"PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "FLOAT": 4}
_HEADER_BYTES = 4096


def header(content, whole):
    """Which decoder suits a recording.

    Of what is damaged, tensorflow-io decodes some as if it were not, ends the program with some,
    and never comes back from some FLAC files. So what shows damage goes to soundfile, which says
    what it is; and FLAC, whose damage only decoding finds, goes there unless it is known as whole.

    Args:
        content: bytes of a file.
        whole: whether they are known to be undamaged, as by a checksum.

    Returns: int32 `kind`, an index of `KINDS`, `SOUNDFILE` where soundfile is to decode it; int32
        sample rate, Hz; int64 number of
        samples, `UNKNOWN` where only decoding tells. Numbers are 0 for `SOUNDFILE`.
    """
    kind = rate = n_samples = 0
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            found = file.format.removesuffix("EX"), file.subtype
            rate, n_samples, channels = file.samplerate, file.frames, file.channels
        if found[0] == "MP3" and not mp3_structure.tells_length(content):
            n_samples = UNKNOWN
        if found in KINDS and _suits(content, found, n_samples * channels, rate, whole):
            kind = KINDS.index(found)
    except (soundfile.SoundFileError, OSError, TypeError, UnicodeError):
        pass
    if kind == SOUNDFILE:
        rate = n_samples = 0
    return np.int32(kind), np.int32(rate), np.int64(n_samples)


def _suits(content, found, n_values, rate, whole):
    format, subtype = found
    if n_values == 0 or not SAMPLE_RATES[0] <= rate <= SAMPLE_RATES[1]:
        return False
    if format == "FLAC":
        return bool(whole) and content.startswith(b"fLaC")
    if format == "MP3":
        return mp3_structure.problem(content) is None
    n_bytes = n_values * _BYTES[subtype]
    # An odd number of bytes, after which chunks have one more, tensorflow-io takes for cut short;
    # lengths that programs leave open as they stream, for wrong.
    return (
        content.startswith(b"RIFF")
        and n_bytes % 2 == 0
        and b"data" + struct.pack("<I", n_bytes) in content[:_HEADER_BYTES]
        and wav_structure.problem(io.BytesIO(content), len(content)) is None
    )

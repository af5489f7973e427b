"""Sound as bytes, sentence by sentence."""

import io
import struct

import numpy as np

from keras_speech.serving.errors import RequestError
from keras_speech.serving.lines import LinesEncoder
from keras_speech.serving.pcm import pcm16

# What stands for a length that is not known yet.
UNKNOWN = 0xFFFFFFFF

# That of OpenAI's raw samples, which clients play without asking.
PCM_RATE = 24000

# libsndfile follows the mode only where a level is given, too: about 90 kbit/s at 22,050 Hz.
OPTIONS = {"mp3": {"bitrate_mode": "CONSTANT", "compression_level": 0.5}}

CONTENT_TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "pcm": "audio/pcm",
    # Not sound alone: its numbers, and those of its pictures.
    "jsonl": "application/jsonl",
}


def formats():
    """Names of the formats that can be written here, a tuple; the first is the default."""
    import soundfile

    known = soundfile.available_formats()
    compressed = [name for name in ("mp3", "flac") if name.upper() in known]
    return tuple(name for name in CONTENT_TYPES if name in (*compressed, "wav", "pcm", "jsonl"))


def encoder(name, sample_rate):
    """Returns an encoder: `sentence(speech)` and, at last, `end()` give bytes to send.

    Args:
        name: one of `formats()`.
        sample_rate: of the samples, in hertz.

    Raises:
        RequestError: 400 where the format does not know the sample rate.
    """
    kinds = {"wav": WavEncoder, "pcm": PcmEncoder, "jsonl": LinesEncoder}
    return kinds.get(name, FileEncoder)(name, sample_rate)


class SoundEncoder:
    """Encodes samples alone, by `add(samples)`."""

    def sentence(self, speech):
        """Bytes of a `Speech`."""
        return self.add(speech.samples)


class WavEncoder(SoundEncoder):
    """A 16-bit WAV file whose header leaves the length open, as its samples are still to come."""

    def __init__(self, name, sample_rate):
        self._header = b"RIFF" + struct.pack("<I", UNKNOWN) + b"WAVEfmt "
        self._header += struct.pack("<IHHIIHH", 16, 1, 1, sample_rate, 2 * sample_rate, 2, 16)
        self._header += b"data" + struct.pack("<I", UNKNOWN)

    def add(self, samples):
        header, self._header = self._header, b""
        return header + pcm16(samples)

    def end(self):
        return self.add(np.zeros(0))


class PcmEncoder(SoundEncoder):
    """Samples alone: 16 bits, little-endian, 24 kHz."""

    def __init__(self, name, sample_rate):
        import soxr

        self._resampler = soxr.ResampleStream(sample_rate, PCM_RATE, 1, dtype="float32")

    def add(self, samples, last=False):
        return pcm16(self._resampler.resample_chunk(np.asarray(samples, "float32"), last=last))

    def end(self):
        return self.add(np.zeros(0), last=True)


class FileEncoder(SoundEncoder):
    """FLAC or MP3, written by libsndfile.

    An MP3 is sent as it grows: closing it would put its length into its beginning, which is gone by
    then. At a constant bit rate players know it all the same. A FLAC file without its length is not
    read by libsndfile: it is sent when it is complete.
    """

    def __init__(self, name, sample_rate):
        import soundfile

        self._buffer, self._sent, self._grows = io.BytesIO(), 0, name == "mp3"
        try:
            self._file = soundfile.SoundFile(
                self._buffer, "w", sample_rate, 1, format=name.upper(), **OPTIONS.get(name, {})
            )
        except soundfile.SoundFileError as error:
            message = f"`response_format` {name} has no {sample_rate} Hz: {error}"
            raise RequestError(400, message, param="response_format") from error

    def add(self, samples):
        self._file.write(np.clip(samples, -1.0, 1.0))
        return self._new() if self._grows else b""

    def end(self):
        self._file.close()
        return self._new()

    def _new(self):
        start, self._sent = self._sent, self._buffer.getbuffer().nbytes
        return bytes(self._buffer.getbuffer()[start : self._sent])

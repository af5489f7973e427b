"""Recordings on disk: to samples and back."""

import os
import struct

import numpy as np
import soundfile
import soxr

from keras_speech.data import whole_files

AUDIO_SUFFIXES = (".wav", ".flac", ".mp3", ".ogg")

# Written as the length of a WAV by programs that stream and cannot go back to fill it in.
_UNKNOWN_WAV_LENGTHS = (0x7FFFFFFF, 0x7FFFF000, 0xFFFFF000, 0xFFFFFFFF)


class AudioError(ValueError):
    """A recording that cannot be used. The message names the file and what is wrong with it."""


def decode_audio(path):
    """Reads a file as it is.

    Args:
        path: WAV (8 to 32 bits, float), FLAC, OGG or MP3.

    Returns: `(samples, sample_rate)`; float32 `(samples, channels)` in -1 to 1, and Hz.

    Raises:
        AudioError: the file is missing, empty, not audio, without samples, truncated, or holds
            values that are not finite. An MP3 file written without a Xing header does not say how
            long it should be: of a truncated one, what is there is read.
    """
    path = os.fspath(path)
    try:
        n_bytes = os.stat(path).st_size
    except OSError as error:
        raise AudioError(f"Cannot read audio file {path}: {error.strerror}.") from error
    if os.path.isdir(path):
        raise AudioError(f"Cannot read audio file {path}: it is a directory.")
    if n_bytes == 0:
        raise AudioError(f"Audio file {path} is empty (0 bytes).")
    try:
        file = soundfile.SoundFile(path)
    except (soundfile.SoundFileError, OSError, TypeError) as error:
        raise AudioError(f"File {path} is not audio that can be read{_reason(error)}.") from error
    with file:
        sample_rate, n_expected = file.samplerate, file.frames
        try:
            samples = file.read(dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, OSError, MemoryError) as error:
            raise AudioError(f"Audio file {path} is damaged{_reason(error)}.") from error
    if missing_bytes := _missing_wav_bytes(path, n_bytes):
        raise AudioError(
            f"Audio file {path} is truncated: its header promises {missing_bytes} bytes more "
            f"than the {n_bytes} there are."
        )
    if _is_cut_ogg(path, n_bytes):
        raise AudioError(f"Audio file {path} is truncated: its last page is missing or cut.")
    if len(samples) < n_expected:
        raise AudioError(
            f"Audio file {path} is truncated or damaged: {len(samples)} of {n_expected} samples "
            "could be decoded."
        )
    if len(samples) == 0:
        raise AudioError(f"Audio file {path} holds no samples.")
    if not np.isfinite(samples).all():
        raise AudioError(f"Audio file {path} holds samples that are not finite (NaN or infinite).")
    return samples, sample_rate


def read_audio(path, sample_rate=None, mono=True):
    """Reads a recording, resampled and mixed to one channel.

    Args:
        path: WAV, FLAC, OGG or MP3 file.
        sample_rate: Hz wanted; resampled by soxr where the file has another. Defaults to `None`,
            the file's own.
        mono: whether channels are averaged. Defaults to `True`.

    Returns: float32 `(samples,)`, or `(samples, channels)` with `mono=False`.

    Raises:
        AudioError: as in `decode_audio`.

    Example:

    >>> samples = read_audio("recording.flac", sample_rate=22050)  # doctest: +SKIP
    """
    samples, rate = decode_audio(path)
    if mono:
        samples = samples.mean(axis=1, dtype="float32")
    if sample_rate is not None and sample_rate != rate:
        samples = soxr.resample(samples, rate, sample_rate).astype("float32", copy=False)
        if len(samples) == 0:
            raise AudioError(
                f"Audio file {os.fspath(path)} is too short to be resampled from {rate} Hz to "
                f"{sample_rate} Hz."
            )
    return samples


def read_recording(recording, sample_rate=None):
    """Reads a `Recording`, mono, as it is to be heard: with its `change`, where it has one.

    Args:
        recording: a `Recording`.
        sample_rate: as in `read_audio`; must be given where there is a change.

    Returns: float32 `(samples,)`.

    Raises:
        AudioError: as in `decode_audio`.
    """
    samples = read_audio(recording.path, sample_rate)
    return samples if recording.change is None else recording.change(samples, sample_rate)


def write_wav(path, samples, sample_rate):
    """Writes 16-bit PCM, whole or not at all. Samples beyond -1 to 1 are clipped.

    Args:
        path: file to write; its directory must exist.
        samples: float array `(samples,)` or `(samples, channels)`.
        sample_rate: Hz.

    Raises:
        ValueError: `samples` has another shape, or values that are not finite.
    """
    samples = np.asarray(samples, dtype="float32")
    if samples.ndim not in (1, 2):
        raise ValueError(
            "`samples` must have shape (samples,) or (samples, channels). "
            f"Received: samples.shape={samples.shape}."
        )
    if not np.isfinite(samples).all():
        raise ValueError("`samples` must be finite. Received: NaN or infinite values.")

    with whole_files.written_whole(path) as file:
        soundfile.write(
            file, np.clip(samples, -1.0, 1.0), int(sample_rate), format="WAV", subtype="PCM_16"
        )


def _reason(error):
    """libsndfile's reason, such as `: Format not recognised`."""
    reason = str(getattr(error, "error_string", error)).rstrip(".").removeprefix("Error : ")
    # What it says of an MP3 file without a single frame.
    return "" if reason.startswith("File does not exist") else f": {reason}"


def _missing_wav_bytes(path, n_bytes):
    """How many bytes of its data chunk a RIFF file lacks; libsndfile reads such a file silently."""
    with open(path, "rb") as file:
        header = file.read(12)
        if header[:4] != b"RIFF" or header[8:12] != b"WAVE":
            return 0
        while len(chunk := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", chunk)
            if name == b"data":
                if length in _UNKNOWN_WAV_LENGTHS:
                    return 0
                return max(0, file.tell() + length - n_bytes)
            file.seek(length + length % 2, os.SEEK_CUR)
    return 0


def _is_cut_ogg(path, n_bytes):
    """Whether an Ogg file ends before the page that is marked as its last."""
    header_bytes, longest_page = 27, 27 + 255 + 255 * 255
    with open(path, "rb") as file:
        if file.read(4) != b"OggS":
            return False
        file.seek(max(0, n_bytes - longest_page))
        end = file.read()
    page = end[end.rfind(b"OggS") :]
    if len(page) < header_bytes or not page[5] & 4:
        return True
    n_segments = page[26]
    segments = page[header_bytes : header_bytes + n_segments]
    return len(page) < header_bytes + n_segments + sum(segments)

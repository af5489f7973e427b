"""Recordings on disk: to samples and back."""

import collections
import functools
import io
import os

import numpy as np
import soundfile
import soxr

from keras_speech import whole_files
from keras_speech.data import mp3_structure, wav_structure
from keras_speech.data.sharding import packed, records

AUDIO_SUFFIXES = (".wav", ".flac", ".mp3", ".ogg")

# In hertz: what lies outside is a wrong header, and resampling it would fill the memory.
SAMPLE_RATES = (1000, 768_000)


class AudioError(ValueError):
    """A recording that cannot be used. The message names the file and what is wrong with it."""


def decode_audio(path):
    """Reads a file as it is.

    Args:
        path: WAV (8 to 32 bits, float), FLAC, OGG or MP3; or a recording in a shard, such as
            `shards/shard-00000-of-00004.tfrecord:8192`.

    Returns: `(samples, sample_rate)`; float32 `(samples, channels)` in -1 to 1, and Hz.

    Raises:
        AudioError: the file is missing, empty, not audio, without samples, truncated, has a header
            that contradicts itself or its length, or holds values that are not finite.
    """
    path = os.fspath(path)
    if records.place_of(path):
        return _decode_packed(path)
    try:
        n_bytes = os.stat(path).st_size
    except OSError as error:
        raise AudioError(f"Cannot read audio file {path}: {error.strerror}.") from error
    if os.path.isdir(path):
        raise AudioError(f"Cannot read audio file {path}: it is a directory.")
    if n_bytes == 0:
        raise AudioError(f"Audio file {path} is empty (0 bytes).")
    return _decoded(path, functools.partial(open, path, "rb"), n_bytes, path)


def decode_bytes(content, name="the content"):
    """`decode_audio` of a file that is in memory.

    Args:
        content: bytes.
        name: what errors call the file. Defaults to `"the content"`.

    Returns, Raises: as `decode_audio`.
    """
    if not content:
        raise AudioError(f"Audio file {name} is empty (0 bytes).")
    return _decoded(io.BytesIO(content), lambda: io.BytesIO(content), len(content), name)


def _decode_packed(path):
    """`decode_audio` of a recording in a shard, whose checksum says whether it is whole."""
    try:
        audio = packed.read_audio(path)
    except OSError as error:
        raise AudioError(f"Cannot read shard {path}: {error.strerror}.") from error
    except records.RecordError as error:
        raise AudioError(str(error)) from error
    return decode_bytes(audio, path)


def _decoded(source, reopened, n_bytes, name):
    """`decode_audio` of what is there.

    Args:
        source: path, or a binary file.
        reopened: function that opens the same for bytes.
        n_bytes: its length.
        name: what errors call it.
    """
    try:
        file = soundfile.SoundFile(source)
    except (soundfile.SoundFileError, OSError, TypeError, UnicodeError) as error:
        raise AudioError(f"File {name} is not audio that can be read{_reason(error)}.") from error
    with file:
        sample_rate, n_expected, coding = file.samplerate, file.frames, file.subtype
        try:
            samples = file.read(dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, OSError, MemoryError) as error:
            raise AudioError(f"Audio file {name} is damaged{_reason(error)}.") from error
    if not SAMPLE_RATES[0] <= sample_rate <= SAMPLE_RATES[1]:
        raise AudioError(
            f"Audio file {name} has a header that is wrong: its sample rate is {sample_rate} Hz."
        )
    with reopened() as file:
        problem = wav_structure.problem(file, n_bytes)
        file.seek(0)
        if problem is None and coding == "MPEG_LAYER_III":
            content = file.read()
            problem = mp3_structure.problem(content)
            # Else a guess of libsndfile's, beyond which every frame was found.
            n_expected = n_expected if mp3_structure.tells_length(content) else 0
        if problem is None and _is_cut_ogg(file, n_bytes):
            problem = "is truncated: its last page is missing or cut"
    if problem is not None:
        raise AudioError(f"Audio file {name} {problem}.")
    return _checked(samples, n_expected, name), sample_rate


def _checked(samples, n_expected, path):
    if len(samples) < n_expected:
        raise AudioError(
            f"Audio file {path} is truncated or damaged: {len(samples)} of {n_expected} samples "
            "could be decoded."
        )
    if len(samples) == 0:
        raise AudioError(f"Audio file {path} holds no samples.")
    if not np.isfinite(samples).all():
        raise AudioError(f"Audio file {path} holds samples that are not finite (NaN or infinite).")
    return samples


def sample_rate_of(path):
    """Hz of a recording, as its header has it.

    Args:
        path: as in `decode_audio`.

    Returns: int, or `None` where it cannot be read.
    """
    path = os.fspath(path)
    try:
        if records.place_of(path):
            return soundfile.info(io.BytesIO(packed.read_audio(path))).samplerate
        return soundfile.info(path).samplerate
    except (soundfile.SoundFileError, OSError, TypeError, ValueError):
        return None


def common_sample_rate(recordings):
    """The sample rate of all recordings; those that cannot be read do not count.

    Args:
        recordings: iterable of `Recording`.

    Returns: Hz, or `None` where none can be read.

    Raises:
        ValueError: files have different rates.
    """
    counts = collections.Counter()
    for recording in recordings:
        rate = sample_rate_of(recording.path)
        if rate is not None:
            counts[rate] += 1
    if len(counts) > 1:
        found = ", ".join(f"{n} files of {rate} Hz" for rate, n in counts.most_common())
        raise ValueError(
            "`sample_rate` must be given where recordings have different rates: they are "
            f"resampled to it. Received: sample_rate=None, and {found}."
        )
    return next(iter(counts), None)


def fingerprint(path):
    """What changes when a recording's file does: its size, and a time of change or a checksum.

    Args:
        path: as in `decode_audio`.

    Returns: list of two int.

    Raises:
        OSError, ValueError: the file, or the record of a shard, is not there.
    """
    if place := records.place_of(os.fspath(path)):
        return list(records.fingerprint(*place))
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns]


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
    return resampled(*decode_audio(path), sample_rate, os.fspath(path), mono=mono)


def resampled(samples, rate, sample_rate, name, *, mono=True):
    """What `read_audio` makes of what `decode_audio` returns.

    Args:
        samples: float32 `(samples, channels)`.
        rate: their Hz.
        sample_rate, mono: as in `read_audio`.
        name: what the error calls the file.
    """
    if mono:
        samples = samples.mean(axis=1, dtype="float32")
    if sample_rate is not None and sample_rate != rate:
        samples = soxr.resample(samples, rate, sample_rate).astype("float32", copy=False)
        if len(samples) == 0:
            raise AudioError(
                f"Audio file {name} is too short to be resampled from {rate} Hz to "
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


def _is_cut_ogg(file, n_bytes):
    """Whether an Ogg file, open for bytes, ends before the page that is marked as its last."""
    header_bytes, longest_page = 27, 27 + 255 + 255 * 255
    file.seek(0)
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

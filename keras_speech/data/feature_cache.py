"""Features kept in memory, or in a directory that outlives the program."""

import dataclasses
import hashlib
import json
import os

import numpy as np

from keras_speech import whole_files
from keras_speech.data import audio_files

# Part of every key: raise it when the features of the same file, spec and options change, or old
# caches would be taken for new ones.
_VERSION = 1


class MemoryCache:
    """Features by recording, for as long as the batches live."""

    def __init__(self):
        self._features = {}

    def load(self, recording):
        """float32, frames first, or `None` where there are none yet."""
        return self._features.get(recording.id)

    def n_frames(self, recording):
        """Number of frames, or `None` where there are no features yet."""
        features = self.load(recording)
        return None if features is None else len(features)

    def store(self, recording, features):
        """Keeps `features`."""
        self._features[recording.id] = features


class DiskCache:
    """Features by recording, one `.npy` file each, written whole.

    A file's name is a digest of everything its content depends on: the audio file's path, size
    and time of change, what is done to it as it is read, and the settings. So a changed recording
    or setting never meets old features; files no longer asked for stay until the directory is
    deleted, which is safe at any time between runs.

    Args:
        directory: made where it does not exist.
        settings: dict of what the features depend on beside the file, JSON-serializable.
        shape: of one frame: `(n_mels,)`, or `()` for one number a frame.
    """

    def __init__(self, directory, settings, shape):
        self.directory = os.fspath(directory)
        self._settings = {"version": _VERSION, **settings}
        self._shape = tuple(shape)
        try:
            os.makedirs(self.directory, exist_ok=True)
        except OSError as error:
            raise ValueError(
                f"`cache` must be a directory that can be made. Received: cache={self.directory!r}"
                f" ({error.strerror})."
            ) from error
        if not os.access(self.directory, os.W_OK | os.X_OK):
            raise ValueError(
                "`cache` must be a directory that can be written to. "
                f"Received: cache={self.directory!r}."
            )

    def load(self, recording):
        """float32, frames first, or `None` where there are none, or damaged ones."""
        features = self._open(recording)
        return None if features is None else np.array(features)

    def n_frames(self, recording):
        """Number of frames, or `None` as in `load`; reads no more than the file's header."""
        features = self._open(recording)
        return None if features is None else len(features)

    def store(self, recording, features):
        """Writes `features`."""
        with whole_files.written_whole(self._path(recording)) as file:
            np.save(file, features, allow_pickle=False)

    def _open(self, recording):
        try:
            features = np.load(self._path(recording), mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        if features.ndim == 0 or features.shape[1:] != self._shape:
            return None
        return features if features.dtype == np.float32 else None

    def _path(self, recording):
        path = os.path.abspath(recording.path)
        key = {**self._settings, "file": [path, *audio_files.fingerprint(path)]}
        if recording.change is not None:
            key["change"] = dataclasses.asdict(recording.change)
        digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
        return os.path.join(self.directory, f"{digest[:40]}.npy")


def mel_cache(directory, spec, *, level, trim):
    """For log-mels: a `MemoryCache` where `directory` is `None`, else a `DiskCache`."""
    if directory is None:
        return MemoryCache()
    options = {"level": _as_dict(level), "trim": _as_dict(trim)}
    return DiskCache(directory, {"spec": spec.to_dict(), "options": options}, (spec.n_mels,))


def f0_cache(directory, spec, *, options, trim):
    """For pitch tracks, in the same directory: of `spec`, only what places the frames counts."""
    if directory is None:
        return MemoryCache()
    frames = {name: getattr(spec, name) for name in ("sample_rate", "hop_length", "padding")}
    settings = {"frames": frames, "trim": _as_dict(trim), "f0": _as_dict(options)}
    return DiskCache(directory, settings, ())


def _as_dict(options):
    return None if options is None else dataclasses.asdict(options)

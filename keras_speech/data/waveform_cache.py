"""Decoded recordings and their mels, in memory or in files of which crops are read."""

import dataclasses
import hashlib
import json
import os

import numpy as np

from keras_speech import whole_files
from keras_speech.data import audio_files

# Part of every key: raise it when what is stored of the same file and options changes.
_VERSION = 1

FULL_SCALE = 32768


def to_int16(samples):
    """float `(samples,)` to 16-bit levels; what lies beyond full scale is clipped."""
    levels = np.rint(samples * np.float32(FULL_SCALE))
    return np.clip(levels, -FULL_SCALE, FULL_SCALE - 1).astype("int16")


class ArrayFile:
    """An array in a `.npy` file, sliced along its first axis without reading the rest.

    Nothing stays open or mapped between slices: corpora have more files than a process may map.

    Args:
        path: the file.

    Raises:
        OSError, ValueError: there is no such file, or it is damaged.
    """

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            if np.lib.format.read_magic(file) != (1, 0):
                raise ValueError(f"{path} has another version of the format.")
            self.shape, _, self.dtype = np.lib.format.read_array_header_1_0(file)
            self._begin = file.tell()
            n_bytes = os.fstat(file.fileno()).st_size
        self._row = int(np.prod(self.shape[1:], dtype="int64"))
        if self.dtype.hasobject or n_bytes != self._begin + self.dtype.itemsize * self._row * len(
            self
        ):
            raise ValueError(f"{path} is damaged.")

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        begin, end, _ = rows.indices(len(self))
        try:
            values = np.fromfile(
                self.path,
                self.dtype,
                count=(end - begin) * self._row,
                offset=self._begin + begin * self._row * self.dtype.itemsize,
            )
            return values.reshape(end - begin, *self.shape[1:])
        except (OSError, ValueError) as error:
            raise RuntimeError(
                f"The cached file {self.path} is gone: the cache directory was changed while "
                "batches were made."
            ) from error


class MemoryWaveforms:
    """Samples and mels for as long as the batches live."""

    def load(self, recording):
        """`(samples, mel)`, or `None`: nothing is there before it was stored."""
        return None

    def store(self, recording, samples, mel):
        """int16 `(samples,)`, float32 `(frames, n_mels)` or `None`; returns what keeps them."""
        return samples, mel


class DiskWaveforms:
    """Samples and mels in `.npy` files, written whole.

    A file's name is a digest of everything its content depends on: the audio file's path, size
    and time of change, what is done to it as it is read, and the settings. Mels of several specs
    share their samples.

    Args:
        directory: made where it does not exist.
        settings: dict of what the samples depend on, JSON-serializable.
        spec: `AudioSpec` of the mels, or `None` where there are none.
    """

    def __init__(self, directory, settings, spec=None):
        self.directory = os.fspath(directory)
        self._settings = {"version": _VERSION, **settings}
        self._spec = spec
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
        """`(samples, mel)`, or `None` where one of them is missing or damaged."""
        try:
            samples_path, mel_path = self._paths(recording)
            samples = ArrayFile(samples_path)
            mel = None if mel_path is None else ArrayFile(mel_path)
        except (OSError, ValueError):
            return None
        return samples, mel

    def store(self, recording, samples, mel):
        """Writes int16 `(samples,)` and float32 `(frames, n_mels)` or `None`; returns both."""
        for path, array in zip(self._paths(recording), (samples, mel), strict=True):
            if path is not None:
                with whole_files.written_whole(path) as file:
                    np.save(file, array, allow_pickle=False)
        return self.load(recording)

    def _paths(self, recording):
        path = os.path.abspath(recording.path)
        key = {**self._settings, "file": [path, *audio_files.fingerprint(path)]}
        if recording.change is not None:
            key["change"] = dataclasses.asdict(recording.change)
        samples = self._path(key, "samples")
        if self._spec is None:
            return samples, None
        return samples, self._path({**key, "spec": self._spec.to_dict()}, "mel")

    def _path(self, key, kind):
        digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
        return os.path.join(self.directory, f"{digest[:40]}.{kind}.npy")

"""Sound files written whole, sample block by sample block."""

import io
import os
import tempfile
from pathlib import Path

import numpy as np

from keras_speech.voices import directories

# suffix -> libsndfile's names of format and subtype
FORMATS = {
    ".wav": ("WAV", "PCM_16"),
    ".flac": ("FLAC", "PCM_16"),
    ".ogg": ("OGG", "VORBIS"),
}


class SoundWriter:
    """Writes a mono sound file block by block; it appears at its name when it is complete.

    Args:
        path: file name that ends in `.wav`, `.flac` or `.ogg`.
        sample_rate: in hertz.

    Raises:
        ValueError: for another suffix.
        OSError: when the file cannot be written; the message names it.

    Example:

    >>> with SoundWriter("tone.wav", 22050) as writer:  # doctest: +SKIP
    ...     writer.write(np.zeros(22050))
    """

    def __init__(self, path, sample_rate):
        self.path = Path(path)
        self.sample_rate = sample_rate
        if self.path.suffix.lower() not in FORMATS:
            raise ValueError(
                f"`path` must end in one of {', '.join(FORMATS)}. Received: path={str(path)!r}."
            )

    def __enter__(self):
        import soundfile

        format, subtype = FORMATS[self.path.suffix.lower()]
        self._temporary = None
        try:
            if self.path.is_dir():
                raise IsADirectoryError("it is a directory")
            handle, self._temporary = tempfile.mkstemp(
                dir=self.path.parent, prefix=f".{self.path.name}."
            )
            os.close(handle)
            # mkstemp makes files that only their owner reads.
            os.chmod(self._temporary, 0o666 & ~directories.umask())
            self._file = soundfile.SoundFile(
                self._temporary, "w", self.sample_rate, 1, subtype=subtype, format=format
            )
        except (OSError, soundfile.SoundFileError) as error:
            self._remove()
            raise _cannot_write(self.path, error) from error
        return self

    def write(self, samples):
        """Adds float samples `(samples,)`; what exceeds full scale is clipped."""
        import soundfile

        # libsndfile's Vorbis encoder needs a deep stack for one large block.
        for start in range(0, len(samples), 1 << 16):
            block = np.clip(np.asarray(samples[start : start + (1 << 16)], "float32"), -1.0, 1.0)
            try:
                self._file.write(block)
            except (OSError, soundfile.SoundFileError) as error:
                raise _cannot_write(self.path, error) from error

    def __exit__(self, kind, error, traceback):
        try:
            self._file.close()
            if kind is None:
                os.replace(self._temporary, self.path)
                self._temporary = None
        except OSError as failure:
            raise _cannot_write(self.path, failure) from failure
        finally:
            self._remove()

    def _remove(self):
        if self._temporary is not None:
            Path(self._temporary).unlink(missing_ok=True)


def wav_bytes(samples, sample_rate):
    """Returns a 16-bit mono WAV file of float `samples` as `bytes`."""
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(samples, -1.0, 1.0), sample_rate, "PCM_16", format="WAV")
    return buffer.getvalue()


def _cannot_write(path, error):
    reason = getattr(error, "strerror", None) or error
    return OSError(f"The sound file cannot be written: {str(path)!r} ({reason}).")

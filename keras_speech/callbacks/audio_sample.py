"""`AudioSample`: what a model sounds like while it learns."""

import os
import warnings
from pathlib import Path

import keras
import numpy as np

from keras_speech.callbacks.event_file import EventFile, wav_bytes


class AudioSample(keras.callbacks.Callback):
    """Writes WAV files of what `model.generate` makes after every `every` epochs.

    The options, the seed among them, are the same each time, so that a difference between two
    files is one that training made.

    Args:
        directory: where `sample_epoch_0001.wav` and so on are written; it is made. Of several rows
            each gets a file, `sample_epoch_0001_1.wav` and so on.
        every: epochs between samples. Defaults to 1.
        sample_rate: Hz. Defaults to the model's own `sample_rate`.
        log_directory: where the sounds are also written for TensorBoard's audio tab; see
            `EventLog`. Defaults to none.
        options: keywords of `model.generate`, such as `n_samples=48000, seed=0`.

    Raises:
        ValueError: for `every` below 1; and in training when the model does not know its sample
            rate and none is given.

    Example:

    ```python
    sample = ks.callbacks.AudioSample("samples", every=5, log_directory="logs", n_samples=48000)
    model.fit(batches, epochs=100, callbacks=[sample])
    ```
    """

    def __init__(self, directory, *, every=1, sample_rate=None, log_directory=None, **options):
        super().__init__()
        if not isinstance(every, int) or every < 1:
            raise ValueError(f"`every` must be a positive integer. Received: every={every!r}.")
        self.directory = Path(directory)
        self.every, self.sample_rate, self.options = every, sample_rate, options
        self.events = None if log_directory is None else EventFile(Path(log_directory) / "samples")

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            self.write(epoch + 1)

    def write(self, epoch):
        """Writes what the model makes now under the number `epoch`."""
        rate = self.sample_rate or getattr(self.model, "sample_rate", None)
        if rate is None:
            raise ValueError(
                "`sample_rate` must be given for a model that has none of its own. "
                f"Received: sample_rate=None, model of type {type(self.model).__name__}."
            )
        rows = self.generate()
        if not np.isfinite(rows).all():
            warnings.warn(
                f"Of the audio sample of epoch {epoch}, values that are not finite are silence.",
                stacklevel=2,
            )
            rows = np.nan_to_num(rows, nan=0.0, posinf=0.0, neginf=0.0)
        self.directory.mkdir(parents=True, exist_ok=True)
        for number, samples in enumerate(rows, start=1):
            row = f"_{number}" if len(rows) > 1 else ""
            path = self.directory / f"sample_epoch_{epoch:04d}{row}.wav"
            _write_whole(path, wav_bytes(samples, rate))
            if self.events is not None:
                self.events.audio(f"sample{row}", samples, rate, step=epoch)

    def generate(self):
        """Returns the model's samples, float array `(rows, samples)`."""
        return np.atleast_2d(
            keras.ops.convert_to_numpy(self.model.generate(**self.options)).astype("float32")
        )


def _write_whole(path, content):
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)

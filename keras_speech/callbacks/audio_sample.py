"""`AudioSample`: what a model sounds like while it learns."""

import warnings
from pathlib import Path

import keras
import numpy as np

from keras_speech.callbacks import batch_rows
from keras_speech.callbacks.event_file import EventFile, wav_bytes
from keras_speech.whole_files import write_whole


class AudioSample(keras.callbacks.Callback):
    """Writes WAV files of what `model.generate` makes after every `every` epochs.

    The options, the seed among them, are the same each time, so that a difference between two
    files is one that training made. Of an acoustic model, which makes mel spectrograms, a vocoder
    makes the sound.

    Args:
        directory: where `sample_epoch_0001.wav` and so on are written; it is made. Of several rows
            each gets a file, `sample_epoch_0001_1.wav` and so on.
        every: epochs between samples. Defaults to 1.
        sample_rate: Hz. Defaults to the model's own `sample_rate`, or that of the vocoder's `spec`.
        vocoder: model that makes sound of mels, `generate(mel, lengths) -> (batch, samples)`, such
            as `GriffinLim(spec)`. Needed for a model whose `generate` returns a dict with `"mel"`
            and `"lengths"`. Defaults to none.
        log_directory: where the sounds are also written for TensorBoard's audio tab; see
            `EventLog`. Defaults to none.
        options: keywords of `model.generate`, such as `n_samples=48000, seed=0`, or
            `tokens=tokens, max_frames=500`.

    Raises:
        ValueError: for `every` below 1; and in training when the sample rate is neither known nor
            given, or the model makes mels and there is no vocoder.

    Example:

    ```python
    sample = ks.callbacks.AudioSample("samples", every=5, log_directory="logs", n_samples=48000)
    wavenet.fit(batches, epochs=100, callbacks=[sample])
    tokens, _ = tokenizer(["The harbor lights came on one by one."])
    sample = ks.callbacks.AudioSample("samples", vocoder=ks.GriffinLim(spec), tokens=tokens)
    tacotron2.fit(batches, epochs=100, callbacks=[sample])
    ```
    """

    def __init__(
        self,
        directory,
        *,
        every=1,
        sample_rate=None,
        vocoder=None,
        log_directory=None,
        **options,
    ):
        super().__init__()
        batch_rows.check_positive_integers(every=every)
        self.directory = Path(directory)
        self.every, self.sample_rate, self.options = every, sample_rate, options
        self.vocoder = vocoder
        self.events = None if log_directory is None else EventFile(Path(log_directory) / "samples")

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            self.write(epoch + 1)

    def write(self, epoch):
        """Writes what the model makes now under the number `epoch`."""
        rate = self._rate()
        rows = self.generate()
        for number, samples in enumerate(rows, start=1):
            samples = _finite(samples, 0.0, f"Of the audio sample of epoch {epoch}")
            row = f"_{number}" if len(rows) > 1 else ""
            path = self.directory / f"sample_epoch_{epoch:04d}{row}.wav"
            write_whole(path, wav_bytes(samples, rate))
            if self.events is not None:
                self.events.audio(f"sample{row}", samples, rate, step=epoch)

    def generate(self):
        """Returns the model's samples, a list of float arrays `(samples,)`."""
        made = self.model.generate(**self.options)
        if not isinstance(made, dict):
            return list(np.atleast_2d(batch_rows.numpy_of(made)))
        if self.vocoder is None:
            raise ValueError(
                "`vocoder` must be given for a model that makes mel spectrograms. "
                f"Received: vocoder=None, model of type {type(self.model).__name__}."
            )
        lengths = batch_rows.numpy_of(made["lengths"]).astype(int)
        mel = batch_rows.numpy_of(made["mel"])
        mel = _finite(mel, np.log(1e-5), "Of the mel of an audio sample")
        samples = batch_rows.numpy_of(self.vocoder.generate(mel, lengths))
        hop_length = samples.shape[1] // mel.shape[1]
        return [row[: hop_length * n] for row, n in zip(samples, lengths, strict=True)]

    def _rate(self):
        rate = self.sample_rate or getattr(self.model, "sample_rate", None)
        if rate is None and hasattr(self.vocoder, "spec"):
            rate = self.vocoder.spec.sample_rate
        if rate is None:
            raise ValueError(
                "`sample_rate` must be given for a model that has none of its own. "
                f"Received: sample_rate=None, model of type {type(self.model).__name__}."
            )
        return rate


def _finite(values, silence, whose):
    """`values` with `silence` in place of what is not finite, of which a warning tells."""
    if np.isfinite(values).all():
        return values
    warnings.warn(f"{whose}, values that are not finite are silence.", stacklevel=4)
    return np.nan_to_num(values, nan=silence, posinf=silence, neginf=silence)

"""`BatchPicture`: what the callbacks that draw a fixed batch share."""

import io
import os
from pathlib import Path

import keras

from keras_speech.callbacks import batch_rows
from keras_speech.callbacks.event_file import EventFile
from keras_speech.whole_files import write_whole


class BatchPicture(keras.callbacks.Callback):
    """Base of callbacks that write a PNG of what the model makes of a batch.

    A subclass has `kind`, the beginning of its files' names, and `figure(epoch)`, which returns a
    Matplotlib figure.

    Args:
        batch, directory, every, rows, log_directory: see `AlignmentPlot`.
    """

    kind = "picture"

    def __init__(self, batch, directory, *, every=1, rows=4, log_directory=None):
        super().__init__()
        batch_rows.check_batch(batch)
        batch_rows.check_positive_integers(every=every, rows=rows)
        self.batch = batch
        self.directory = Path(directory)
        self.every, self.rows = every, rows
        # A run of its own: of several files in one run TensorBoard follows the last alone.
        self.events = None
        if log_directory is not None:
            self.events = EventFile(Path(log_directory) / f"{self.kind}s")

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            self.draw(self.directory / f"{self.kind}_epoch_{epoch + 1:04d}.png", epoch + 1)

    def draw(self, path, epoch):
        """Writes the picture of the model as it is now to `path`."""
        png = io.BytesIO()
        self.figure(epoch).savefig(png, format="png", dpi=80)
        write_whole(os.fspath(path), png.getvalue())
        if self.events is not None:
            self.events.image(self.kind, png.getvalue(), step=epoch)

    def figure(self, epoch):
        """Returns the picture of the model as it is now."""
        raise NotImplementedError

    def outputs(self, *names):
        """What the model makes of the batch, with at least the outputs of these `names`."""
        outputs = batch_rows.teacher_forced(self.model, self.batch)
        for name in names:
            if name not in outputs:
                raise ValueError(
                    f"`{type(self).__name__}` needs a model whose output has `{name}`. "
                    f"Received: output with {sorted(outputs)}."
                )
        return outputs

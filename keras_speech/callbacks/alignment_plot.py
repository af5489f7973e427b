"""`AlignmentPlot`: how well an acoustic model has learned to read, as a picture per epoch."""

import os
from pathlib import Path

import keras
import numpy as np


class AlignmentPlot(keras.callbacks.Callback):
    """Writes a PNG of the teacher-forced alignment of a fixed batch after every `every` epochs.

    A model that has learned to read shows one line from the lower left to the upper right in each
    panel; noise or horizontal stripes mean that it has not.

    Args:
        batch: dict of arrays, as `acoustic_batches` yields them. The model is called with it
            outside training. `token_lengths` and `mel_lengths`, when there, cut the padding off.
        directory: where `alignment_epoch_0001.png` and so on are written; it is made.
        every: epochs between pictures. Defaults to 1.
        rows: most rows of the batch to draw. Defaults to 4.

    Raises:
        ValueError: for `every` or `rows` below 1, or a `batch` that is not a dict; and in training
            when the model returns no `alignment`.

    Example:

    ```python
    batch = next(iter(ks.data.acoustic_batches(corpus.validation, spec, tokenizer, batch_size=4)))
    model.fit(train, epochs=100, callbacks=[ks.callbacks.AlignmentPlot(batch, "alignments")])
    ```
    """

    def __init__(self, batch, directory, *, every=1, rows=4):
        super().__init__()
        if not isinstance(batch, dict):
            raise ValueError(
                "`batch` must be a dict of arrays, such as one element of a dataset. "
                f"Received: batch of type {type(batch).__name__}."
            )
        for name, value in (("every", every), ("rows", rows)):
            if not isinstance(value, int) or value < 1:
                raise ValueError(
                    f"`{name}` must be a positive integer. Received: {name}={value!r}."
                )
        self.batch = batch
        self.directory = Path(directory)
        self.every, self.rows = every, rows

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            self.draw(self.directory / f"alignment_epoch_{epoch + 1:04d}.png", epoch + 1)

    def draw(self, path, epoch):
        """Writes the picture of the model as it is now to `path`."""
        # Not through pyplot: a callback should not touch the user's current figure.
        from matplotlib.figure import Figure

        alignments = self.alignments()
        figure = Figure(figsize=(4.5 * len(alignments), 3.5), layout="constrained")
        panels = np.atleast_1d(figure.subplots(1, len(alignments)))
        for panel, alignment in zip(panels, alignments, strict=True):
            image = panel.imshow(alignment.T, origin="lower", aspect="auto", vmin=0, vmax=1)
            panel.set(xlabel="Decoder step", ylabel="Token")
        figure.colorbar(image, ax=panels, label="attention weight", pad=0.01)
        figure.suptitle(f"Epoch {epoch}")
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            figure.savefig(temporary, format="png", dpi=80)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)

    def alignments(self):
        """Returns the alignment of each drawn row, `(steps, tokens)` without its padding."""
        output = self.model(self.batch, training=False)
        if "alignment" not in output:
            raise ValueError(
                "`AlignmentPlot` needs a model whose output has `alignment`. "
                f"Received: output with {sorted(output)}."
            )
        alignment = keras.ops.convert_to_numpy(output["alignment"]).astype("float32")
        batch_size, steps, tokens = alignment.shape
        # Models that make several frames in a step have fewer steps than frames.
        frames = output["mel"].shape[1] if "mel" in output else steps
        frames_per_step = max(1, round(frames / max(1, steps)))
        token_lengths = self._lengths("token_lengths", batch_size, tokens)
        step_lengths = -(-self._lengths("mel_lengths", batch_size, frames) // frames_per_step)
        return [
            alignment[row, : max(1, step_lengths[row]), : max(1, token_lengths[row])]
            for row in range(min(self.rows, batch_size))
        ]

    def _lengths(self, name, batch_size, default):
        if self.batch.get(name) is None:
            return np.full(batch_size, default)
        return keras.ops.convert_to_numpy(self.batch[name]).astype(int)

"""`AlignmentPlot`: how well an acoustic model has learned to read, as a picture per epoch."""

import numpy as np

from keras_speech.callbacks import batch_rows
from keras_speech.callbacks.batch_picture import BatchPicture


class AlignmentPlot(BatchPicture):
    """Writes a PNG of the teacher-forced alignment of a fixed batch after every `every` epochs.

    A model that has learned to read shows one line from the lower left to the upper right in each
    panel; noise or horizontal stripes mean that it has not. Looking changes nothing: the training
    goes on with the random numbers that it would have drawn anyway.

    Args:
        batch: dict of arrays, as `acoustic_batches` yields them. The model is called with it
            outside training. `token_lengths` and `mel_lengths`, when there, cut the padding off.
        directory: where `alignment_epoch_0001.png` and so on are written; it is made.
        every: epochs between pictures. Defaults to 1.
        rows: most rows of the batch to draw. Defaults to 4.
        log_directory: where the pictures are also written for TensorBoard's images tab; see
            `EventLog`. Defaults to none.

    Raises:
        ValueError: for `every` or `rows` below 1, or a `batch` that is not a dict; and in training
            when the model returns no `alignment`.

    Example:

    ```python
    batch = next(iter(ks.data.acoustic_batches(corpus.validation, spec, tokenizer, batch_size=4)))
    model.fit(train, epochs=100, callbacks=[ks.callbacks.AlignmentPlot(batch, "alignments")])
    ```
    """

    kind = "alignment"

    def figure(self, epoch):
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
        return figure

    def alignments(self):
        """Returns the alignment of each drawn row, `(steps, tokens)` without its padding."""
        alignments, _ = batch_rows.alignment_rows(self.outputs("alignment"), self.batch)
        return alignments[: self.rows]

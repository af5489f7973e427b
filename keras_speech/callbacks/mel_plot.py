"""`MelPlot`: predicted mel spectrograms beside the recorded ones, as a picture per epoch."""

import numpy as np

from keras_speech.callbacks import batch_rows
from keras_speech.callbacks.batch_picture import BatchPicture

# Nats at which the colors of a difference end, about 26 dB: less than the distance from silence to
# speech, and several times that of a model that has learned.
DIFFERENCE = 3.0


class MelPlot(BatchPicture):
    """Writes a PNG of predicted and recorded mels of a batch, and their difference.

    Each frame is predicted from the recorded ones before it, so that both run side by side. A model
    that has learned draws the harmonics, the stripes of voiced sounds; one that has not shows a
    blur. In the difference, red is predicted too loud and blue too quiet. Looking changes nothing,
    as in `AlignmentPlot`.

    Args:
        batch: dict of arrays with `mel`, as `acoustic_batches` yields them. The model is called
            with it outside training. `mel_lengths`, when there, cuts the padding off.
        directory: where `mel_epoch_0001.png` and so on are written; it is made.
        every: epochs between pictures. Defaults to 1.
        rows: most rows of the batch to draw, one below the other. Defaults to 2.
        spec: `AudioSpec` of the mels, which turns frames into seconds. Defaults to none: the time
            axis counts frames.
        log_directory: where the pictures are also written for TensorBoard's images tab; see
            `EventLog`. Defaults to none.

    Raises:
        ValueError: for `every` or `rows` below 1, or a `batch` that is not a dict with `mel`; and
            in training when the model returns no `mel`.

    Example:

    ```python
    batch = next(iter(ks.data.acoustic_batches(corpus.validation, spec, tokenizer, batch_size=4)))
    model.fit(train, epochs=100, callbacks=[ks.callbacks.MelPlot(batch, "mels", spec=spec)])
    ```
    """

    kind = "mel"

    def __init__(self, batch, directory, *, every=1, rows=2, spec=None, log_directory=None):
        super().__init__(batch, directory, every=every, rows=rows, log_directory=log_directory)
        if "mel" not in batch:
            raise ValueError(
                f"`batch` must have `mel` to compare with. Received: batch with {sorted(batch)}."
            )
        self.spec = spec

    def figure(self, epoch):
        # Not through pyplot: a callback should not touch the user's current figure.
        from matplotlib.figure import Figure

        pairs = self.pairs()
        figure = Figure(figsize=(13.5, 0.5 + 2.6 * len(pairs)), layout="constrained")
        for panels, (predicted, recorded) in zip(
            np.atleast_2d(figure.subplots(len(pairs), 3, sharey=True)), pairs, strict=True
        ):
            self._draw_row(figure, panels, predicted, recorded)
        figure.suptitle(f"Epoch {epoch}")
        return figure

    def pairs(self):
        """Returns `(predicted, recorded)` of each drawn row, `(frames, n_mels)` unpadded."""
        predicted = self.outputs("mel")["mel"]
        recorded = batch_rows.numpy_of(self.batch["mel"])
        lengths = batch_rows.lengths_of(self.batch, "mel_lengths", len(recorded), recorded.shape[1])
        # A model that makes several frames in a step may give a few more.
        return [
            (predicted[row, : lengths[row]], recorded[row, : lengths[row]])
            for row in range(min(self.rows, len(recorded)))
        ]

    def _draw_row(self, figure, panels, predicted, recorded):
        frames, n_mels = recorded.shape
        end = frames if self.spec is None else frames / self.spec.frame_rate
        look = dict(
            origin="lower", aspect="auto", interpolation="nearest", extent=(0, end, 0, n_mels)
        )
        # Both in the recording's colors: a mel that is too quiet looks so.
        low, high = recorded.min(), max(recorded.max(), recorded.min() + 1e-3)
        for panel, mel in zip(panels, (predicted, recorded), strict=False):
            image = panel.imshow(mel.T, vmin=low, vmax=high, **look)
        figure.colorbar(image, ax=panels[:2], label="log magnitude (nats)", pad=0.01)
        difference = predicted - recorded
        image = panels[2].imshow(
            difference.T, vmin=-DIFFERENCE, vmax=DIFFERENCE, cmap="RdBu_r", **look
        )
        figure.colorbar(image, ax=panels[2], label="nats", pad=0.01, extend="both")
        mean = np.mean(np.abs(difference))
        titles = "predicted", "recorded", f"predicted - recorded, {mean:.2f} on average"
        for panel, title in zip(panels, titles, strict=True):
            panel.set_title(title, fontsize=10)
            panel.set_xlabel("Frame" if self.spec is None else "Time (s)")
        panels[0].set_ylabel("Mel band")

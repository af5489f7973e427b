"""Callbacks that make one resumable run out of calls of `fit` for an epoch each."""

import csv
import math
import os
import time

import keras

from keras_speech.training.averaging import averaged_weights
from keras_speech.training.checkpoint import save_checkpoint, save_weights

CHECKPOINT = "checkpoint.npz"
BEST = "best.npz"
LOG = "log.csv"


class OneRun(keras.callbacks.CallbackList):
    """Callbacks that see one training, though `fit` is called for every epoch.

    `begin` and `end` are for the caller: `fit`'s own would, for example, make `EarlyStopping`
    start counting again with each epoch.
    """

    def __init__(self, callbacks, *, model, epochs, verbose):
        super().__init__(
            callbacks,
            add_history=True,
            add_progbar=verbose != 0,
            model=model,
            epochs=epochs,
            verbose=verbose,
            steps=None,
        )

    def begin(self):
        super().on_train_begin()

    def end(self):
        super().on_train_end()

    def on_train_begin(self, logs=None):
        pass

    def on_train_end(self, logs=None):
        pass


class StopOnNaN(keras.callbacks.Callback):
    """Raises `FloatingPointError` at the first batch whose loss is no finite number."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(float(loss)):
            raise FloatingPointError(
                f"The loss became {float(loss)} in epoch {self.epoch + 1}, batch {batch + 1}. "
                "A lower learning rate or a stricter `clip_norm` usually helps."
            )


class Checkpoint(keras.callbacks.Callback):
    """Writes `checkpoint.npz` and `log.csv` after each epoch, and `best.npz` after the best."""

    def __init__(self, directory, history, *, keep_best):
        super().__init__()
        self.directory, self.keep_best = directory, keep_best
        self.history = {name: list(values) for name, values in history.items()}

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.started
        row = {"epoch": epoch + 1, "seconds": round(seconds, 2), **(logs or {})}
        row["learning_rate"] = float(self.model.optimizer.learning_rate)
        for name, value in row.items():
            # A metric that is new since the last run has no values for its epochs.
            values = self.history.setdefault(name, [])
            values += [None] * (epoch - len(values))
            values.append(value)
        if self.keep_best and self._is_best():
            with averaged_weights(self.model):
                save_weights(self.directory / BEST, self.model)
        save_checkpoint(
            self.directory / CHECKPOINT, self.model, epoch=epoch + 1, history=self.history
        )
        # Whole from the checkpoint's own history: no line is lost or written twice on a resume.
        _write_log(self.directory / LOG, self.history)

    def _is_best(self):
        losses = [loss for loss in self.history["val_loss"] if loss is not None]
        return losses[-1] <= min(losses)


def _write_log(path, history):
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    rows = max(map(len, history.values()))
    try:
        with open(temporary, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(history)
            for row in range(rows):
                values = [column[row] if row < len(column) else None for column in history.values()]
                writer.writerow(["" if value is None else value for value in values])
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)

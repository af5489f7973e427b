"""Callbacks that make one resumable run out of calls of `fit` for an epoch each."""

import csv
import io
import math
import time

import keras
import numpy as np

from keras_speech.training.averaging import averaged_weights, averages
from keras_speech.training.checkpoint import (
    checkpoint_arrays,
    restore_metrics,
    save_weights,
    write_arrays,
)
from keras_speech.training.termination import Terminated
from keras_speech.whole_files import write_whole

CHECKPOINT = "checkpoint.npz"
BEST = "best.npz"
LOG = "log.csv"


class OneRun(keras.callbacks.CallbackList):
    """Callbacks that see one training, though `fit` is called for every epoch.

    `begin` and `end` are for the caller: `fit`'s own would, for example, make `EarlyStopping`
    start counting again with each epoch.

    Args:
        callbacks: list of Keras callbacks.
        model: the model.
        epochs: of the whole training.
        verbose: as in `fit`.
        done: batches of the first epoch that were done before; the others' numbers count on from
            there.
    """

    def __init__(self, callbacks, *, model, epochs, verbose, done=0):
        super().__init__(
            callbacks,
            add_history=True,
            add_progbar=verbose != 0,
            model=model,
            epochs=epochs,
            verbose=verbose,
            steps=None,
        )
        self._done = done

    def begin(self):
        super().on_train_begin()

    def end(self):
        super().on_train_end()

    def on_train_begin(self, logs=None):
        pass

    def on_train_end(self, logs=None):
        pass

    def on_train_batch_begin(self, batch, logs=None):
        super().on_train_batch_begin(self._done + batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(self._done + batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)
        self._done = 0


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
    """Writes `checkpoint.npz` within and after epochs, `log.csv` after them, `best.npz` after the
    best.

    Args:
        directory: where to.
        state: dict as of `restore_checkpoint`, from which the run goes on.
        termination: a `Termination`; once it is requested, the next end of a batch or an epoch is
            the last.
        every: batches between checkpoints within an epoch; 0 for none there.
        keep_best: whether `best.npz` is wanted.
        n_batches: in an epoch; `None` where it is not known, and the batches' position is not
            kept.
        writes: whether this process is the one that writes; all make the checkpoint, for some of
            what is in it must be asked of all. Defaults to `True`.
    """

    def __init__(self, directory, state, termination, *, every, keep_best, n_batches, writes=True):
        super().__init__()
        self.directory, self.termination = directory, termination
        self.every, self.keep_best, self.n_batches = every, keep_best, n_batches
        self.writes = writes
        self.history = {name: list(values) for name, values in state["history"].items()}
        self._metrics, self._before = state.get("metrics", []), state["seconds"]

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        # What the batches took that an interrupted process did.
        self.started = time.perf_counter() - self._before
        restore_metrics(self.model, self._metrics)
        self._metrics, self._before = [], 0.0

    def on_train_batch_end(self, batch, logs=None):
        done = batch + 1
        # After the last batch the epoch's own checkpoint is near.
        within = self.n_batches is not None and done < self.n_batches
        due = self.every and done % self.every == 0
        if within and (due or self.termination.requested):
            self._save(epoch=self.epoch, batch=done, seconds=self._seconds())
        if self.termination.requested and (within or self.n_batches is None):
            raise Terminated

    def on_test_batch_end(self, batch, logs=None):
        if self.termination.requested:
            raise Terminated

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch + 1, "seconds": round(self._seconds(), 2), **(logs or {})}
        row["learning_rate"] = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        for name, value in row.items():
            # A metric that is new since the last run has no values for its epochs.
            values = self.history.setdefault(name, [])
            values += [None] * (epoch - len(values))
            values.append(value)
        if self.keep_best and self._is_best() and self.writes:
            with averaged_weights(self.model):
                save_weights(self.directory / BEST, self.model)
        self._save(epoch=epoch + 1)
        if averages(self.model.optimizer):
            convert = keras.ops.convert_to_numpy
            self._weights = [convert(v).copy() for v in self.model.trainable_variables]
        if self.writes:
            # Whole from the checkpoint's own history: no line is lost or written twice on a resume.
            write_whole(self.directory / LOG, _log(self.history))
        if self.termination.requested:
            raise Terminated

    def restore_weights(self):
        """Puts the weights of the epoch's end back, for which `fit` left averages in the model."""
        for variable, weight in zip(self.model.trainable_variables, self._weights, strict=True):
            variable.assign(weight)

    def _save(self, **position):
        # A loss can be finite whose gradient is not: such weights must not replace good ones.
        for variable in self.model.trainable_variables:
            if not np.isfinite(keras.ops.convert_to_numpy(variable)).all():
                raise FloatingPointError(
                    f"`{variable.path}` is no longer finite in epoch {self.epoch + 1}. "
                    "A lower learning rate or a stricter `clip_norm` usually helps."
                )
        arrays = checkpoint_arrays(self.model, history=self.history, **position)
        if self.writes:
            write_arrays(self.directory / CHECKPOINT, arrays)

    def _seconds(self):
        return time.perf_counter() - self.started

    def _is_best(self):
        losses = [loss for loss in self.history["val_loss"] if loss is not None]
        return losses[-1] <= min(losses)


def _log(history):
    """The history as the bytes of a table, a line per epoch."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(history)
    for row in range(max(map(len, history.values()))):
        values = [column[row] if row < len(column) else None for column in history.values()]
        writer.writerow(["" if value is None else value for value in values])
    return file.getvalue().encode("utf-8")

"""`Throughput`: how fast training goes, and whether it waits for data."""

import time

import keras


class Throughput(keras.callbacks.Callback):
    """Adds the speed of each epoch to what `fit` measures.

    From there the progress bar, `History`, `EventLog` and a training's `log.csv` have it; so this
    callback stands before those that write. The time is that of the batches of an epoch, without
    validation and other callbacks' work after it. In the first epoch it includes compiling.

    - `steps_per_second`: batches in a second;
    - `audio_per_second`: seconds of recordings that the model learned from in a second of training;
    - `data_wait`: share of the time, from 0 to 1, in which training stood still for want of a
      batch. Above a few percent the data pipeline is the bottleneck, not the model.

    Args:
        watch: `data.BatchWatch` that the batches go through; without one there is no `data_wait`.
            Defaults to none.
        audio_seconds: seconds of audio in an epoch, where nothing watches the batches; without
            either there is no `audio_per_second`. Defaults to none.

    Raises:
        ValueError: if `audio_seconds` is not positive, or given beside a watch.

    Example:

    ```python
    watch = ks.data.BatchWatch(frame_rate=spec.frame_rate)
    callbacks = [ks.callbacks.Throughput(watch), ks.callbacks.EventLog("logs")]
    model.fit(watch(batches), epochs=100, callbacks=callbacks)
    ```
    """

    def __init__(self, watch=None, *, audio_seconds=None):
        super().__init__()
        if audio_seconds is not None and not audio_seconds > 0:
            raise ValueError(
                f"`audio_seconds` must be positive. Received: audio_seconds={audio_seconds}."
            )
        if watch is not None and audio_seconds is not None:
            raise ValueError(
                "`audio_seconds` must be None beside a `watch`, which counts them. "
                f"Received: audio_seconds={audio_seconds}."
            )
        self.watch, self.audio_seconds = watch, audio_seconds

    def on_epoch_begin(self, epoch, logs=None):
        self._first, self._steps = None, 0
        if self.watch is not None:
            self._before = self.watch.waited_seconds, self.watch.audio_seconds
        self._began = self._ended = time.perf_counter()

    def on_train_batch_begin(self, batch, logs=None):
        # A training that goes on within an epoch begins at a later batch.
        self._first = batch if self._first is None else self._first

    def on_train_batch_end(self, batch, logs=None):
        # Not counted up: with `steps_per_execution` several batches end at once.
        self._steps = batch + 1 - self._first
        self._ended = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        seconds = self._ended - self._began
        if logs is not None and seconds > 0:
            logs.update(self.measures(seconds))

    def measures(self, seconds):
        """Returns the dict of measures of this epoch's batches, which took `seconds`."""
        measures = {"steps_per_second": self._steps / seconds}
        audio = self.audio_seconds
        if self.watch is not None:
            waited, audio = self._before
            waited, audio = self.watch.waited_seconds - waited, self.watch.audio_seconds - audio
            # Clocks are read one after the other: a hair more than all of the time is all of it.
            measures["data_wait"] = min(1.0, waited / seconds)
        if audio:
            measures["audio_per_second"] = audio / seconds
        return measures

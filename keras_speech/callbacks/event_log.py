"""`EventLog`: losses and metrics of every epoch for TensorBoard."""

from pathlib import Path

import keras

from keras_speech.callbacks.event_file import EventFile


class EventLog(keras.callbacks.Callback):
    """Writes what `fit` measures to TensorBoard's files, with any backend.

    `keras.callbacks.TensorBoard` needs TensorFlow and the package tensorboard to write them; this
    callback needs neither, and to look at them any TensorBoard will do
    (`tensorboard --logdir logs`). Training and validation are two runs, `train` and `validation`,
    with equal names, so that TensorBoard draws them into one chart. The step is the number of
    epochs done.

    Args:
        directory: where the two runs are written; it is made.

    Example:

    ```python
    model.fit(train, validation_data=validation, epochs=9, callbacks=[EventLog("logs")])
    ```
    """

    def __init__(self, directory):
        super().__init__()
        self.train = EventFile(Path(directory) / "train")
        self.validation = EventFile(Path(directory) / "validation")

    def on_epoch_end(self, epoch, logs=None):
        train, validation = {}, {}
        for name, value in (logs or {}).items():
            if name.startswith("val_"):
                validation[name.removeprefix("val_")] = float(value)
            else:
                train[name] = float(value)
        optimizer = getattr(self.model, "optimizer", None)
        if optimizer is not None:
            train["learning_rate"] = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        for events, values in ((self.train, train), (self.validation, validation)):
            if values:
                events.scalars(values, step=epoch + 1)

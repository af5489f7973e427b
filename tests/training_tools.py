"""A model and data that trainings in tests are made of."""

import keras
import numpy as np


def dropout_model():
    """A model whose result depends on weights, optimizer, random seeds and order of the data."""
    keras.utils.set_random_seed(3)

    class Model(keras.Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return keras.ops.mean(keras.ops.square(y - keras.ops.cast(y_pred, "float32")))

    return Model(
        [
            keras.Input((4,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dropout(0.5, seed=1),
            keras.layers.Dense(1),
        ]
    )


class Batches(keras.utils.PyDataset):
    def __init__(self, seed, *, n_batches=3, value=1.0):
        super().__init__()
        rng = np.random.default_rng(seed)
        self.x = rng.normal(size=(n_batches, 2, 4)).astype("float32")
        self.y = (self.x.sum(-1, keepdims=True) * value).astype("float32")

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return self.x[index], self.y[index]


class InterruptAt(keras.callbacks.Callback):
    def __init__(self, epoch, batch):
        super().__init__()
        self.at = epoch, batch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.at:
            raise KeyboardInterrupt

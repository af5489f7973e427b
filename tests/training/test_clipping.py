"""Gradients are clipped by their own norm."""

import keras
import numpy as np
import pytest

from keras_speech.training import train
from training_tools import Batches


class Words(Batches):
    """The same word twice in a batch: its embedding's gradient has two parts."""

    def __getitem__(self, index):
        return np.array([[1], [1]]), np.full((2, 3), 10.0, "float32")


class Lookup(keras.Model):
    def __init__(self):
        super().__init__()
        self.embedding = keras.layers.Embedding(4, 3, embeddings_initializer="zeros")
        self.embedding.build((None, None))
        self.built = True

    def call(self, inputs, training=None):
        return self.embedding(inputs)[:, 0]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.mean(keras.ops.square(y - y_pred))


@pytest.mark.parametrize("limit", ["global_clipnorm", "clipnorm"])
def test_a_word_that_comes_twice_counts_as_one_gradient(tmp_path, limit):
    """Descent moves the row by exactly the limit; by less if its parts were taken apart."""
    model = Lookup()
    optimizer = keras.optimizers.SGD(1.0, **{limit: 0.5})
    options = {"epochs": 1, "directory": tmp_path, "verbose": 0}
    train(model, lambda epoch: Words(0, n_batches=1), optimizer=optimizer, **options)
    moved = keras.ops.convert_to_numpy(model.weights[0])
    assert np.linalg.norm(moved) == pytest.approx(0.5, rel=1e-5)
    assert np.count_nonzero(moved) == 3


def test_values_are_clipped_as_they_are(tmp_path):
    model = Lookup()
    optimizer = keras.optimizers.SGD(1.0, clipvalue=0.25)
    options = {"epochs": 1, "directory": tmp_path, "verbose": 0}
    train(model, lambda epoch: Words(0, n_batches=1), optimizer=optimizer, **options)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model.weights[0])[1], 0.25)

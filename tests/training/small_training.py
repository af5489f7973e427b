"""Trains a small model into the directory that it is given, to be killed on the way."""

import tensorflow as tf

from keras_speech.training import train
from training_tools import Batches, dropout_model

N_BATCHES = 40


def dataset(epoch):
    batches = Batches(epoch, n_batches=N_BATCHES)
    return tf.data.Dataset.from_tensor_slices((batches.x, batches.y))


def main(directory):
    train(
        dropout_model(),
        dataset,
        dataset(99),
        epochs=4,
        directory=directory,
        keep="best",
        checkpoint_every=1,
        ema_momentum=0.9,
        verbose=0,
    )

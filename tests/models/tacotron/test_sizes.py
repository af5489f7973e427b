"""The configurations have the numbers of parameters that their layers add up to."""

import numpy as np

from keras_speech import Tacotron, tacotron_configs


def n_parameters(model):
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


def test_the_published_configuration_has_the_size_of_its_layers():
    """148 symbols, 1025 frequencies; each line is layers of table 1, weights then biases."""
    highways = 4 * 2 * (128 * 128 + 128)
    grus = 2 * 3 * (128 * 128 + 128 * 128 + 2 * 128)
    encoder = (
        148 * 256
        + (256 * 256 + 256) + (256 * 128 + 128)
        # filters of length 1 to 16 with their normalization, two convolutions with theirs
        + 128 * 128 * 136 + 2 * 16 * 128
        + (3 * 2048 * 128 + 3 * 128) + (3 * 128 * 128 + 3 * 128)
        + highways + grus
    )  # fmt: skip
    decoder = (
        80 * 256 + 256 * 128  # prenet, no biases
        + 3 * (256 * (128 + 256) + 256 * 256 + 2 * 256)  # attention RNN: input, context, state
        + 2 * 256 * 256 + 256  # attention: query, memory, score
        + 512 * 256 + 256
        + 2 * 3 * (256 * 256 + 256 * 256 + 2 * 256)
        + 256 * 160 + 160
        + 256 + 1  # stop token
    )  # fmt: skip
    postnet = (
        80 * 128 * 36 + 2 * 8 * 128  # filters of length 1 to 8
        + (3 * 1024 * 256 + 3 * 256) + (3 * 256 * 80 + 3 * 80)
        + 80 * 128 + 128 + highways + grus
        + 256 * 1025 + 1025
    )  # fmt: skip
    model = Tacotron(148, n_freqs=1025, **tacotron_configs.PUBLISHED)
    assert n_parameters(model) == encoder + decoder + postnet == 6_998_930


def test_the_lstm_configuration_has_the_size_of_its_layers():
    """148 symbols, 513 frequencies. An LSTM of `u` units reading `c` has 4u (c + u + 2)."""
    encoder = 148 * 256 + 2 * 4 * 128 * (256 + 128 + 2)
    decoder = (
        80 * 256 + 256 * 128
        + 4 * 256 * (128 + 256 + 256 + 2)
        + 2 * 256 * 256 + 256
        + 512 * 256 + 256
        + 4 * 256 * (256 + 256 + 2)
        + 256 * 160 + 160
        + 256 + 1
    )  # fmt: skip
    postnet = 2 * 4 * 128 * (80 + 128 + 2) + 256 * 513 + 513
    model = Tacotron(148, n_freqs=513, **tacotron_configs.LSTM)
    assert n_parameters(model) == encoder + decoder + postnet == 2_321_058


def test_the_small_configuration_has_the_size_of_its_layers():
    """40 symbols, 513 frequencies; the same layers as published but for the attention."""
    highways = 2 * 2 * (64 * 64 + 64)
    grus = 2 * 3 * (64 * 64 + 64 * 64 + 2 * 64)
    encoder = (
        40 * 128
        + (128 * 128 + 128) + (128 * 64 + 64)
        + 64 * 64 * 36 + 2 * 8 * 64
        + (3 * 512 * 64 + 3 * 64) + (3 * 64 * 64 + 3 * 64)
        + highways + grus
    )  # fmt: skip
    decoder = (
        80 * 128 + 128 * 64
        + 3 * (128 * (64 + 128) + 128 * 128 + 2 * 128)
        + 2 * 128 * 64 + 64 + 2 * 31 * 32 + 32 * 64  # the last two: location filters, their dense
        + 256 * 128 + 128
        + 2 * 3 * (128 * 128 + 128 * 128 + 2 * 128)
        + 128 * 320 + 320
        + 128 + 1
    )  # fmt: skip
    postnet = (
        80 * 64 * 10 + 2 * 4 * 64
        + (3 * 256 * 64 + 3 * 64) + (3 * 64 * 80 + 3 * 80)
        + 80 * 64 + 64 + highways + grus
        + 128 * 513 + 513
    )  # fmt: skip
    model = Tacotron(40, n_freqs=513, **tacotron_configs.SMALL)
    assert n_parameters(model) == encoder + decoder + postnet == 1_045_490

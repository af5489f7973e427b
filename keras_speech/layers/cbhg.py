"""Convolution bank, highway layers, bidirectional GRU: Tacotron's reader of sequences."""

import keras
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.layers.conv_norm1d import ConvNorm1D
from keras_speech.layers.gru import GRU
from keras_speech.layers.highway import Highway


@keras.saving.register_keras_serializable("keras_speech")
class CBHG(keras.layers.Layer):
    """A bank of convolutions, highway layers and a bidirectional GRU over a padded sequence.

    Filters of every length from 1 to `bank_size` look at the sequence side by side; the maximum of
    neighboring steps, two convolutions (length 3) and a residual connection follow, then highway
    layers and a GRU in each direction. Where a mask is given padding changes nothing, neither the
    outputs nor the statistics of the batch normalizations.

    Args:
        bank_size: length of the longest filters. Defaults to 16.
        bank_channels: filters of each length. Defaults to 128.
        projection_channels: filters of the first of the two convolutions; the second has as many
            as the input has channels. Defaults to 128.
        highway_layers, highway_units: number and width of the highway layers; an input of another
            width goes through a dense layer first. Default to 4 and 128.
        gru_units: size of the GRU of each direction. Defaults to 128.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.
        mask: bool tensor `(batch, time)` whose True entries, the real steps, come first. Defaults
            to None (all).
        training: whether the statistics of the batch normalizations are updated.

    Returns: float tensor `(batch, time, 2 * gru_units)`, 0 on padding.

    Raises:
        ValueError: if a size is not a whole number from 1, `highway_layers` from 0.

    Example:
    >>> import numpy as np
    >>> layer = CBHG(bank_size=4, bank_channels=8, highway_units=8, gru_units=6)
    >>> tuple(layer(np.zeros((2, 7, 8))).shape)
    (2, 7, 12)

    Reference: [Wang et al., 2017](https://arxiv.org/abs/1703.10135), section 3.1. As everywhere in
    this package normalization comes before the activation; the paper does not say.
    """

    def __init__(
        self,
        bank_size=16,
        bank_channels=128,
        projection_channels=128,
        highway_layers=4,
        highway_units=128,
        gru_units=128,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.bank_size, self.bank_channels = bank_size, bank_channels
        self.projection_channels = projection_channels
        self.highway_layers, self.highway_units = highway_layers, highway_units
        self.gru_units = gru_units
        argument_checks.check_whole(
            bank_size=bank_size, bank_channels=bank_channels,
            projection_channels=projection_channels, highway_units=highway_units,
            gru_units=gru_units,
        )  # fmt: skip
        argument_checks.check_whole(least=0, highway_layers=highway_layers)
        self.supports_masking = True

    def build(self, input_shape):
        policy = self.dtype_policy
        channels, lead = input_shape[-1], tuple(input_shape[:-1])
        self.bank = [
            # The normalization that follows has a bias of its own.
            keras.layers.Conv1D(
                self.bank_channels, size, padding="same", use_bias=False, dtype=policy
            )
            for size in range(1, self.bank_size + 1)
        ]
        self.norm = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype=policy)
        self.projections = [
            ConvNorm1D(self.projection_channels, 3, dropout=0.0, dtype=policy),
            ConvNorm1D(channels, 3, activation=None, dropout=0.0, dtype=policy),
        ]
        self.widen = None
        if channels != self.highway_units:
            self.widen = keras.layers.Dense(self.highway_units, dtype=policy)
            self.widen.build(input_shape)
        self.highways = [Highway(dtype=policy) for _ in range(self.highway_layers)]
        self.forward_gru = GRU(self.gru_units, dtype=policy)
        self.backward_gru = GRU(self.gru_units, dtype=policy)

        for conv in self.bank:
            conv.build(input_shape)
        banked = (*lead, self.bank_size * self.bank_channels)
        self.norm.build(banked)
        self.projections[0].build(banked)
        self.projections[1].build((*lead, self.projection_channels))
        for layer in (*self.highways, self.forward_gru, self.backward_gru):
            layer.build((*lead, self.highway_units))

    def call(self, inputs, mask=None, training=None):
        inputs = _masked(inputs, mask)
        x = ops.concatenate([conv(inputs) for conv in self.bank], axis=-1)
        x = _masked(ops.relu(self.norm(x, mask=mask, training=training)), mask)
        # Padding is 0 and the rest is not less: a maximum does not see it.
        x = ops.max_pool(x, pool_size=2, strides=1, padding="same")
        for projection in self.projections:
            x = projection(x, mask=mask, training=training)
        x = x + inputs
        if self.widen is not None:
            x = self.widen(x)
        for highway in self.highways:
            x = highway(x)
        both = [self.forward_gru(x), self.backward_gru(x, mask=mask, reverse=True)]
        return _masked(ops.concatenate(both, axis=-1), mask)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 2 * self.gru_units)

    def get_config(self):
        return {
            **super().get_config(),
            "bank_size": self.bank_size,
            "bank_channels": self.bank_channels,
            "projection_channels": self.projection_channels,
            "highway_layers": self.highway_layers,
            "highway_units": self.highway_units,
            "gru_units": self.gru_units,
        }


def _masked(x, mask):
    return x if mask is None else x * ops.cast(mask, x.dtype)[:, :, None]

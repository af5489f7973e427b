"""Tacotron's encoders: tokens to a memory that the decoder attends to."""

import keras
from keras import ops

from keras_speech.layers.cbhg import CBHG
from keras_speech.layers.zoneout_lstm import ZoneoutLSTM

KINDS = ("cbhg", "lstm")


@keras.saving.register_keras_serializable("keras_speech")
class TacotronEncoder(keras.layers.Layer):
    """Embedding, two dense layers with dropout (the prenet), and a CBHG.

    Args:
        vocabulary_size: number of symbols, padding included.
        embedding_channels: width of the embedding. Defaults to 256.
        prenet_units: widths of the dense layers. Defaults to `(256, 128)`.
        dropout: their rate in training. Defaults to 0.5.
        bank_size, units, highway_layers: of the `CBHG`; all its parts are `units` wide. Default to
            16, 128 and 4.

    Call arguments:
        tokens: int tensor `(batch, tokens)`.
        mask: bool tensor `(batch, tokens)`, True where a token is real.
        training: whether dropout acts and statistics are updated.

    Returns: float tensor `(batch, tokens, 2 * units)`, 0 on padding.

    Reference: [Wang et al., 2017](https://arxiv.org/abs/1703.10135), section 3.2 and table 1.
    """

    def __init__(
        self,
        vocabulary_size,
        embedding_channels=256,
        prenet_units=(256, 128),
        dropout=0.5,
        bank_size=16,
        units=128,
        highway_layers=4,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size, self.embedding_channels = vocabulary_size, embedding_channels
        self.prenet_units, self.dropout = tuple(prenet_units), dropout
        self.bank_size, self.units, self.highway_layers = bank_size, units, highway_layers
        self.channels = 2 * units
        self.supports_masking = True
        policy = self.dtype_policy
        self.embedding = embedding(vocabulary_size, embedding_channels, policy)
        self.prenet = [
            keras.layers.Dense(n, activation="relu", dtype=policy) for n in self.prenet_units
        ]
        self.drop = keras.layers.Dropout(dropout, dtype=policy)
        self.cbhg = CBHG(bank_size, units, units, highway_layers, units, units, dtype=policy)

    def build(self, tokens_shape):
        self.embedding.build(tokens_shape)
        shape = (*tokens_shape, self.embedding_channels)
        for dense in self.prenet:
            dense.build(shape)
            shape = (*tokens_shape, dense.units)
        self.cbhg.build(shape)

    def call(self, tokens, mask, training=None):
        x = self.embedding(tokens)
        for dense in self.prenet:
            x = self.drop(dense(x), training=training)
        return self.cbhg(x, mask=mask, training=training)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "embedding_channels": self.embedding_channels,
            "prenet_units": self.prenet_units,
            "dropout": self.dropout,
            "bank_size": self.bank_size,
            "units": self.units,
            "highway_layers": self.highway_layers,
        }


@keras.saving.register_keras_serializable("keras_speech")
class TacotronLSTMEncoder(keras.layers.Layer):
    """Embedding and a bidirectional LSTM.

    Args:
        vocabulary_size: number of symbols, padding included.
        embedding_channels: width of the embedding. Defaults to 256.
        dropout: rate on the embedding in training. Defaults to 0.5.
        units: size of the LSTM of each direction. Defaults to 128.

    Call arguments:
        tokens: int tensor `(batch, tokens)`.
        mask: bool tensor `(batch, tokens)`, True where a token is real.
        training: whether dropout acts.

    Returns: float tensor `(batch, tokens, 2 * units)`, 0 on padding.
    """

    def __init__(self, vocabulary_size, embedding_channels=256, dropout=0.5, units=128, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary_size, self.embedding_channels = vocabulary_size, embedding_channels
        self.dropout, self.units = dropout, units
        self.channels = 2 * units
        self.supports_masking = True
        policy = self.dtype_policy
        self.embedding = embedding(vocabulary_size, embedding_channels, policy)
        self.drop = keras.layers.Dropout(dropout, dtype=policy)
        self.forward_lstm = ZoneoutLSTM(units, dtype=policy)
        self.backward_lstm = ZoneoutLSTM(units, dtype=policy)

    def build(self, tokens_shape):
        self.embedding.build(tokens_shape)
        for lstm in (self.forward_lstm, self.backward_lstm):
            lstm.build((*tokens_shape, self.embedding_channels))

    def call(self, tokens, mask, training=None):
        x = self.drop(self.embedding(tokens), training=training)
        x = ops.concatenate(
            [self.forward_lstm(x), self.backward_lstm(x, mask=mask, reverse=True)], axis=-1
        )
        return x * ops.cast(mask, x.dtype)[:, :, None]

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "embedding_channels": self.embedding_channels,
            "dropout": self.dropout,
            "units": self.units,
        }


def embedding(vocabulary_size, channels, policy):
    """An embedding wide enough that symbols differ from the first step on."""
    return keras.layers.Embedding(
        vocabulary_size,
        channels,
        embeddings_initializer=keras.initializers.RandomUniform(-0.3, 0.3),
        dtype=policy,
    )


def check_kind(**kinds):
    """Raise `ValueError` for a kind of encoder or post-processing net that there is not."""
    for name, kind in kinds.items():
        if kind not in KINDS:
            raise ValueError(
                f"`{name}` must be one of {', '.join(KINDS)}. Received: {name}={kind!r}"
            )

"""Tacotron 2's encoder: tokens to a memory that the decoder attends to."""

import keras
from keras import ops

from keras_speech.layers.conv_norm1d import ConvNorm1D
from keras_speech.layers.zoneout_lstm import ZoneoutLSTM


@keras.saving.register_keras_serializable("keras_speech")
class Tacotron2Encoder(keras.layers.Layer):
    """Embedding, convolutions and a bidirectional LSTM.

    Args:
        vocabulary_size: number of symbols, padding included.
        channels: width of the embedding, of the convolutions and, both directions together, of the
            LSTM; even. Defaults to 512.
        n_convolutions: number of convolutions. Defaults to 3.
        kernel_size: their length in tokens. Defaults to 5.
        dropout: their rate in training. Defaults to 0.5.

    Call arguments:
        tokens: int tensor `(batch, tokens)`.
        mask: bool tensor `(batch, tokens)`, True where a token is real.
        training: whether dropout acts and statistics are updated.

    Returns: float tensor `(batch, tokens, channels)`, 0 on padding.

    Reference: [Shen et al., 2018](https://arxiv.org/abs/1712.05884), section 2.2.
    """

    def __init__(
        self, vocabulary_size, channels=512, n_convolutions=3, kernel_size=5, dropout=0.5, **kwargs
    ):
        super().__init__(**kwargs)
        self.vocabulary_size, self.channels = vocabulary_size, channels
        self.n_convolutions, self.kernel_size = n_convolutions, kernel_size
        self.dropout = dropout
        if channels % 2:
            raise ValueError(f"`channels` must be even. Received: channels={channels}")
        self.supports_masking = True
        policy = self.dtype_policy
        self.embedding = keras.layers.Embedding(
            vocabulary_size,
            channels,
            # Wide enough that symbols differ from the first step on.
            embeddings_initializer=keras.initializers.RandomUniform(-0.3, 0.3),
            dtype=policy,
        )
        self.convolutions = [
            ConvNorm1D(channels, kernel_size, dropout=dropout, dtype=policy)
            for _ in range(n_convolutions)
        ]
        self.forward_lstm = ZoneoutLSTM(channels // 2, dtype=policy)
        self.backward_lstm = ZoneoutLSTM(channels // 2, dtype=policy)

    def build(self, tokens_shape):
        shape = (*tokens_shape, self.channels)
        self.embedding.build(tokens_shape)
        for layer in (*self.convolutions, self.forward_lstm, self.backward_lstm):
            layer.build(shape)

    def call(self, tokens, mask, training=None):
        x = self.embedding(tokens)
        for convolution in self.convolutions:
            x = convolution(x, mask=mask, training=training)
        x = x * ops.cast(mask, x.dtype)[:, :, None]
        x = ops.concatenate(
            [self.forward_lstm(x), self.backward_lstm(x, mask=mask, reverse=True)], axis=-1
        )
        return x * ops.cast(mask, x.dtype)[:, :, None]

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "channels": self.channels,
            "n_convolutions": self.n_convolutions,
            "kernel_size": self.kernel_size,
            "dropout": self.dropout,
        }

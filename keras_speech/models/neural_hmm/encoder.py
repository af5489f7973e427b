"""Neural HMM's encoder: tokens to the states of a hidden Markov model."""

import keras
from keras import ops

from keras_speech.layers.conv_norm1d import ConvNorm1D
from keras_speech.layers.zoneout_lstm import ZoneoutLSTM


@keras.saving.register_keras_serializable("keras_speech")
class NeuralHMMEncoder(keras.layers.Layer):
    """Embedding, convolutions and a bidirectional LSTM, whose output is cut into several states.

    Args:
        vocabulary_size: number of symbols, padding included.
        channels: width of the embedding, of the convolutions and of each state. Defaults to 512.
        n_convolutions: number of convolutions. Defaults to 3.
        kernel_size: their length in tokens. Defaults to 5.
        dropout: their rate in training. Defaults to 0.5.
        states_per_token: states that a token gets. Defaults to 2.
        lstm: whether there is the LSTM, which lets a state know the whole sentence. Without it,
            a dense layer in its place leaves the convolutions' few neighbors: a state that cannot
            describe all the sentence must describe its own sound, and a model with little to learn
            from finds the alignment sooner. Defaults to True.

    Call arguments:
        tokens: int tensor `(batch, tokens)`.
        mask: bool tensor `(batch, tokens)`, True where a token is real.
        training: whether dropout acts and statistics are updated.

    Returns: float tensor `(batch, tokens, states_per_token * channels)`, 0 on padding; the states
    of a token side by side.

    Raises:
        ValueError: if there is an LSTM and `channels * states_per_token` is odd.

    Reference: [Mehta et al., 2022](https://arxiv.org/abs/2108.13320), section 3.2: the encoder of
    Tacotron 2 with an LSTM that is wider by the number of states.
    """

    def __init__(
        self,
        vocabulary_size,
        channels=512,
        n_convolutions=3,
        kernel_size=5,
        dropout=0.5,
        states_per_token=2,
        lstm=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size, self.channels = vocabulary_size, channels
        self.n_convolutions, self.kernel_size = n_convolutions, kernel_size
        self.dropout, self.states_per_token, self.lstm = dropout, states_per_token, lstm
        units = channels * states_per_token
        if lstm and units % 2:
            raise ValueError(
                "`channels * states_per_token` must be even. "
                f"Received: channels={channels}, states_per_token={states_per_token}"
            )
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
        if lstm:
            self.forward_lstm = ZoneoutLSTM(units // 2, dtype=policy)
            self.backward_lstm = ZoneoutLSTM(units // 2, dtype=policy)
        else:
            self.dense = keras.layers.Dense(units, dtype=policy)

    def build(self, tokens_shape):
        shape = (*tokens_shape, self.channels)
        self.embedding.build(tokens_shape)
        last = (self.forward_lstm, self.backward_lstm) if self.lstm else (self.dense,)
        for layer in (*self.convolutions, *last):
            layer.build(shape)

    def call(self, tokens, mask, training=None):
        x = self.embedding(tokens)
        for convolution in self.convolutions:
            x = convolution(x, mask=mask, training=training)
        x = x * ops.cast(mask, x.dtype)[:, :, None]
        x = self._both_directions(x, mask) if self.lstm else self.dense(x)
        return x * ops.cast(mask, x.dtype)[:, :, None]

    def _both_directions(self, x, mask):
        forward = self.forward_lstm(x)
        backward = self.backward_lstm(x, mask=mask, reverse=True)
        # Each state takes its share of both directions.
        n = self.states_per_token
        pairs = zip(ops.split(forward, n, axis=-1), ops.split(backward, n, axis=-1), strict=True)
        return ops.concatenate([half for pair in pairs for half in pair], axis=-1)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "channels": self.channels,
            "n_convolutions": self.n_convolutions,
            "kernel_size": self.kernel_size,
            "dropout": self.dropout,
            "states_per_token": self.states_per_token,
            "lstm": self.lstm,
        }

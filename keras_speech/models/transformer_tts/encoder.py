"""Transformer TTS's encoder: tokens to a memory that the decoder attends to."""

import keras
from keras import ops

from keras_speech.layers.conv_norm1d import ConvNorm1D
from keras_speech.layers.scaled_positional_encoding import ScaledPositionalEncoding
from keras_speech.models.transformer_tts.blocks import EncoderBlock, FinalNorm


@keras.saving.register_keras_serializable("keras_speech")
class TransformerTTSEncoder(keras.layers.Layer):
    """Embedding, convolutions, positions and self-attention.

    Args:
        vocabulary_size: number of symbols, padding included.
        channels: width of everything, a multiple of `n_heads`. Defaults to 512.
        n_blocks: number of blocks. Defaults to 6.
        n_heads: number of heads. Defaults to 8.
        feed_forward_units: width inside the feed-forward networks. Defaults to 2048.
        dropout: rate of the blocks and of the sum with the positions. Defaults to 0.1.
        norm_first: whether normalization comes before each sub-layer. Defaults to False.
        n_convolutions, kernel_size, convolution_dropout: of the convolutions in front. Default to
            3, 5 and 0.5.

    Call arguments:
        tokens: int tensor `(batch, tokens)`.
        mask: bool tensor `(batch, tokens)`, True where a token is real.
        training: whether dropout acts and statistics are updated.

    Returns: float tensor `(batch, tokens, channels)`, 0 on padding.

    Reference: [Li et al., 2019](https://arxiv.org/abs/1809.08895), sections 3.2, 3.3 and 3.5.
    """

    def __init__(
        self,
        vocabulary_size,
        channels=512,
        n_blocks=6,
        n_heads=8,
        feed_forward_units=2048,
        dropout=0.1,
        norm_first=False,
        n_convolutions=3,
        kernel_size=5,
        convolution_dropout=0.5,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size, self.channels = vocabulary_size, channels
        self.n_blocks, self.n_heads = n_blocks, n_heads
        self.feed_forward_units, self.dropout = feed_forward_units, dropout
        self.norm_first, self.n_convolutions = norm_first, n_convolutions
        self.kernel_size, self.convolution_dropout = kernel_size, convolution_dropout
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
            ConvNorm1D(channels, kernel_size, dropout=convolution_dropout, dtype=policy)
            for _ in range(n_convolutions)
        ]
        self.projection = keras.layers.Dense(channels, dtype=policy)
        self.positions = ScaledPositionalEncoding(dtype=policy)
        self.drop = keras.layers.Dropout(dropout, dtype=policy)
        self.blocks = [
            EncoderBlock(channels, n_heads, feed_forward_units, dropout, norm_first, dtype=policy)
            for _ in range(n_blocks)
        ]
        self.final_norm = FinalNorm(norm_first, dtype=policy)

    def build(self, tokens_shape):
        shape = (*tokens_shape, self.channels)
        self.embedding.build(tokens_shape)
        for layer in (
            *self.convolutions, self.projection, self.positions, self.drop, *self.blocks,
            self.final_norm,
        ):  # fmt: skip
            layer.build(shape)

    def call(self, tokens, mask, training=None):
        x = self.embedding(tokens)
        for convolution in self.convolutions:
            x = convolution(x, mask=mask, training=training)
        # What leaves a ReLU is positive; positions are centered at 0 (section 3.3).
        x = self.drop(self.positions(self.projection(x)), training=training)
        for block in self.blocks:
            x = block(x, mask, training=training)
        return self.final_norm(x) * ops.cast(mask, x.dtype)[:, :, None]

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "channels": self.channels,
            "n_blocks": self.n_blocks,
            "n_heads": self.n_heads,
            "feed_forward_units": self.feed_forward_units,
            "dropout": self.dropout,
            "norm_first": self.norm_first,
            "n_convolutions": self.n_convolutions,
            "kernel_size": self.kernel_size,
            "convolution_dropout": self.convolution_dropout,
        }

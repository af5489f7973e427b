"""The feed-forward Transformer block, with or without attention."""

import keras
from keras import ops

from keras_speech.layers import argument_checks


@keras.saving.register_keras_serializable("keras_speech")
class FFTBlock(keras.layers.Layer):
    """Self-attention and two convolutions, each with a residual connection and normalization.

    Without heads it is a convolutional block: its cost grows linearly with time, and it learns
    from less speech. Padding enters neither attention nor convolutions.

    Args:
        channels: width of input and output. Defaults to 256.
        n_heads: heads of the self-attention; 0 leaves it out. Defaults to 2.
        filters: width between the convolutions. Defaults to 1024.
        kernel_sizes: lengths of the two convolutions. Defaults to `(9, 1)`.
        dropout: rate in training, after the attention and after each convolution. Defaults to 0.1.
        norm_first: whether each part normalizes what it reads rather than what the residual
            connection gives; trains without warm-up. Defaults to False (as published).

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.
        mask: bool tensor `(batch, time)`, True where the input is real. Defaults to None.
        training: whether dropout acts.

    Returns: float tensor `(batch, time, channels)`.

    Raises:
        ValueError: if a number is out of range, or `channels` no multiple of `n_heads`.

    Example:
    >>> import numpy as np
    >>> tuple(FFTBlock(channels=8, filters=16)(np.zeros((2, 7, 8))).shape)
    (2, 7, 8)

    Reference: [Ren et al., 2019](https://arxiv.org/abs/1905.09263), section 3.1. Deviations: blocks
    without attention and normalization ahead of each part, by option.
    """

    def __init__(
        self,
        channels=256,
        n_heads=2,
        filters=1024,
        kernel_sizes=(9, 1),
        dropout=0.1,
        norm_first=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        argument_checks.check_whole(channels=channels, filters=filters)
        argument_checks.check_whole(least=0, n_heads=n_heads)
        argument_checks.check_sizes(2, kernel_sizes=kernel_sizes)
        argument_checks.check_share(dropout=dropout)
        if n_heads and channels % n_heads:
            raise ValueError(
                "`channels` must be a multiple of `n_heads`. "
                f"Received: channels={channels}, n_heads={n_heads}"
            )
        self.channels, self.n_heads, self.filters = channels, n_heads, filters
        self.kernel_sizes, self.dropout = tuple(kernel_sizes), dropout
        self.norm_first = norm_first
        self.supports_masking = True
        policy = self.dtype_policy
        if n_heads:
            self.attention = keras.layers.MultiHeadAttention(
                n_heads, channels // n_heads, dtype=policy
            )
            self.attention_norm = keras.layers.LayerNormalization(epsilon=1e-5, dtype=policy)
        self.conv_in = keras.layers.Conv1D(
            filters, self.kernel_sizes[0], padding="same", activation="relu", dtype=policy
        )
        self.conv_out = keras.layers.Conv1D(
            channels, self.kernel_sizes[1], padding="same", dtype=policy
        )
        self.conv_norm = keras.layers.LayerNormalization(epsilon=1e-5, dtype=policy)
        self.drop = keras.layers.Dropout(dropout, dtype=policy)

    def build(self, input_shape):
        if self.n_heads:
            self.attention.build(input_shape, input_shape)
            self.attention_norm.build(input_shape)
        self.conv_in.build(input_shape)
        self.conv_out.build((*input_shape[:-1], self.filters))
        self.conv_norm.build(input_shape)
        self.drop.build(input_shape)

    def call(self, inputs, mask=None, training=None):
        x = ops.cast(inputs, self.compute_dtype)
        real = None if mask is None else ops.cast(mask, x.dtype)[:, :, None]
        if self.n_heads:
            found = self.attention_norm(x) if self.norm_first else x
            found = self.attention(
                found, found, attention_mask=None if mask is None else mask[:, None, :]
            )
            x = x + self.drop(found, training=training)
            x = x if self.norm_first else self.attention_norm(x)
        found = self.conv_norm(x) if self.norm_first else x
        found = self.conv_in(_masked(found, real))
        found = self.drop(found, training=training)
        # A pointwise convolution reads no neighbor, so padding cannot reach what is real.
        found = self.conv_out(found if self.kernel_sizes[1] == 1 else _masked(found, real))
        x = x + self.drop(found, training=training)
        return x if self.norm_first else self.conv_norm(x)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "channels": self.channels,
            "n_heads": self.n_heads,
            "filters": self.filters,
            "kernel_sizes": self.kernel_sizes,
            "dropout": self.dropout,
            "norm_first": self.norm_first,
        }


def _masked(x, real):
    return x if real is None else x * real

"""A stack of feed-forward Transformer blocks: FastSpeech 2's encoder and its decoder."""

import keras
from keras import ops

from keras_speech.layers.fft_block import FFTBlock
from keras_speech.ops.positions import sinusoidal_positions


class FFTStack(keras.layers.Layer):
    """Positions, where attention would not know them otherwise, and blocks one after another.

    Args:
        n_layers: number of blocks.
        channels, n_heads, filters, kernel_sizes, dropout, norm_first: see `FFTBlock`.

    Call arguments and result: as `FFTBlock`'s.

    Raises:
        ValueError: if `channels` is odd and there are heads.
    """

    def __init__(
        self, n_layers, channels, n_heads, filters, kernel_sizes, dropout, norm_first, **kwargs
    ):
        super().__init__(**kwargs)
        self.channels, self.n_heads = channels, n_heads
        self.supports_masking = True
        policy = self.dtype_policy
        self.blocks = [
            FFTBlock(channels, n_heads, filters, kernel_sizes, dropout, norm_first, dtype=policy)
            for _ in range(n_layers)
        ]
        if n_heads and channels % 2:
            raise ValueError(
                "`channels` must be even where attention needs positions (`n_heads` above 0). "
                f"Received: channels={channels}, n_heads={n_heads}"
            )
        # With normalization ahead of each part, nothing has normalized the sum at the end.
        self.norm = (
            keras.layers.LayerNormalization(epsilon=1e-5, dtype=policy) if norm_first else None
        )

    def build(self, input_shape):
        for block in self.blocks:
            block.build(input_shape)
        if self.norm is not None:
            self.norm.build(input_shape)

    def call(self, inputs, mask=None, training=None):
        x = ops.cast(inputs, self.compute_dtype)
        if self.n_heads:
            positions = sinusoidal_positions(ops.shape(x)[1], self.channels)
            x = x + ops.cast(positions, x.dtype)[None]
        for block in self.blocks:
            x = block(x, mask=mask, training=training)
        return x if self.norm is None else self.norm(x)

    def compute_output_shape(self, input_shape):
        return input_shape

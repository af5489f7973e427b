"""The blocks of Transformer TTS: attention and a feed-forward network, each with a way around."""

import keras

from keras_speech.layers.cached_multi_head_attention import CachedMultiHeadAttention

# Keras's own default, 1e-3, is that of batch normalization.
NORM_EPSILON = 1e-5


class Residual(keras.layers.Layer):
    """The way around a sub-layer: `close(x, sublayer(open(x)))`.

    Args:
        dropout: rate on the sub-layer's output in training.
        norm_first: whether normalization comes before the sub-layer or after the sum.
    """

    def __init__(self, dropout, norm_first, **kwargs):
        super().__init__(**kwargs)
        self.norm_first = norm_first
        self.norm = keras.layers.LayerNormalization(epsilon=NORM_EPSILON, dtype=self.dtype_policy)
        self.drop = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def build(self, input_shape):
        self.norm.build(input_shape)
        self.drop.build(input_shape)

    def open(self, x):
        return self.norm(x) if self.norm_first else x

    def close(self, x, y, training=None):
        x = x + self.drop(y, training=training)
        return x if self.norm_first else self.norm(x)


class FeedForward(keras.layers.Layer):
    """Two dense layers with a ReLU between them, on each step by itself."""

    def __init__(self, units, channels, **kwargs):
        super().__init__(**kwargs)
        self.channels = channels
        self.inner = keras.layers.Dense(units, activation="relu", dtype=self.dtype_policy)
        self.outer = keras.layers.Dense(channels, dtype=self.dtype_policy)

    def build(self, input_shape):
        self.inner.build(input_shape)
        self.outer.build((*input_shape[:-1], self.inner.units))

    def call(self, inputs):
        return self.outer(self.inner(inputs))


class EncoderBlock(keras.layers.Layer):
    """Self-attention and a feed-forward network.

    Args:
        channels: width of the sequence, a multiple of `n_heads`.
        n_heads: number of heads.
        feed_forward_units: width inside the feed-forward network.
        dropout: rate in training, of both sub-layers' outputs and of the attention's weights.
        norm_first: whether normalization comes before the sub-layers or after the sums.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.
        mask: bool tensor `(batch, time)`, True where the input is real.
        training: whether dropout acts.

    Returns: float tensor `(batch, time, channels)`.
    """

    def __init__(self, channels, n_heads, feed_forward_units, dropout, norm_first, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        policy = self.dtype_policy
        self.attention = CachedMultiHeadAttention(
            n_heads, channels // n_heads, dropout=dropout, dtype=policy
        )
        self.feed_forward = FeedForward(feed_forward_units, channels, dtype=policy)
        self.around_attention = Residual(dropout, norm_first, dtype=policy)
        self.around_feed_forward = Residual(dropout, norm_first, dtype=policy)

    def build(self, input_shape):
        self.attention.build(input_shape, input_shape)
        for layer in (self.feed_forward, self.around_attention, self.around_feed_forward):
            layer.build(input_shape)

    def call(self, inputs, mask, training=None):
        x = self.around_attention.open(inputs)
        x = self.attention(x, x, attention_mask=mask[:, None, :], training=training)
        inputs = self.around_attention.close(inputs, x, training=training)
        x = self.feed_forward(self.around_feed_forward.open(inputs))
        return self.around_feed_forward.close(inputs, x, training=training)


class DecoderBlock(keras.layers.Layer):
    """Causal self-attention, attention to the memory, and a feed-forward network.

    Args: see `EncoderBlock`.

    Call arguments:
        inputs: float tensor `(batch, steps, channels)`.
        values: float tensor `(batch, tokens, memory_channels)`, the memory.
        values_mask: bool tensor `(batch, tokens)`, True where a token is real.
        training: whether dropout acts.

    Returns: `(outputs, weights)`: `(batch, steps, channels)` and `(batch, heads, steps, tokens)`,
    the weights of the attention to the memory.
    """

    def __init__(self, channels, n_heads, feed_forward_units, dropout, norm_first, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        policy = self.dtype_policy
        self.self_attention, self.cross_attention = (
            CachedMultiHeadAttention(n_heads, channels // n_heads, dropout=dropout, dtype=policy)
            for _ in range(2)
        )
        self.feed_forward = FeedForward(feed_forward_units, channels, dtype=policy)
        self.around_self, self.around_cross, self.around_feed_forward = (
            Residual(dropout, norm_first, dtype=policy) for _ in range(3)
        )

    def build(self, inputs_shape, values_shape):
        self.self_attention.build(inputs_shape, inputs_shape)
        self.cross_attention.build(inputs_shape, values_shape)
        for layer in (
            self.feed_forward, self.around_self, self.around_cross, self.around_feed_forward,
        ):  # fmt: skip
            layer.build(inputs_shape)

    def call(self, inputs, values, values_mask, training=None):
        x = self.around_self.open(inputs)
        x = self.self_attention(x, x, use_causal_mask=True, training=training)
        inputs = self.around_self.close(inputs, x, training=training)
        x, weights = self.cross_attention(
            self.around_cross.open(inputs),
            values,
            attention_mask=values_mask[:, None, :],
            return_attention_scores=True,
            training=training,
        )
        inputs = self.around_cross.close(inputs, x, training=training)
        x = self.feed_forward(self.around_feed_forward.open(inputs))
        return self.around_feed_forward.close(inputs, x, training=training), weights

    def step(self, inputs, memory, mask, past, recent, n_chunks, place):
        """One step in inference; see `CachedMultiHeadAttention`.

        Args:
            inputs: float tensor `(batch, channels)`.
            memory: what `cross_attention.project` gave.
            mask: bool tensor that broadcasts to `(batch, heads, tokens)`.
            past, recent, n_chunks, place: of the self-attention.

        Returns: `(outputs, weights, recent)`: `(batch, channels)`, `(batch, heads, tokens)`.
        """
        x, recent = self.self_attention.self_step(
            self.around_self.open(inputs), past, recent, n_chunks, place
        )
        inputs = self.around_self.close(inputs, x)
        x, weights = self.cross_attention.attend(self.around_cross.open(inputs), memory, mask)
        inputs = self.around_cross.close(inputs, x)
        x = self.feed_forward(self.around_feed_forward.open(inputs))
        return self.around_feed_forward.close(inputs, x), weights, recent


class FinalNorm(keras.layers.Layer):
    """Normalization at the end of a stack whose blocks normalize first; nothing otherwise."""

    def __init__(self, norm_first, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.norm = None
        if norm_first:
            self.norm = keras.layers.LayerNormalization(
                epsilon=NORM_EPSILON, dtype=self.dtype_policy
            )

    def build(self, input_shape):
        if self.norm is not None:
            self.norm.build(input_shape)

    def call(self, inputs):
        return inputs if self.norm is None else self.norm(inputs)

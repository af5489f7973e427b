"""Transformer TTS's decoder: all frames at once from known ones, or one step after another."""

import keras
from keras import ops

from keras_speech.layers.prenet import Prenet
from keras_speech.layers.scaled_positional_encoding import ScaledPositionalEncoding
from keras_speech.models.transformer_tts.blocks import DecoderBlock, FinalNorm


@keras.saving.register_keras_serializable("keras_speech")
class TransformerTTSDecoder(keras.layers.Layer):
    """Prenet, positions, causal blocks, and projections to frames and stop logits.

    Args:
        n_mels: bands of a frame. Defaults to 80.
        reduction: frames per step. Defaults to 1.
        channels: width of the blocks, a multiple of `n_heads`. Defaults to 512.
        n_blocks, n_heads, feed_forward_units, dropout, norm_first: see `TransformerTTSEncoder`.
            Default to 6, 8, 2048, 0.1 and False.
        prenet_units, prenet_dropout: see `Prenet`. Default to `(256, 256)` and 0.5.
        guided_blocks, guided_heads: the first `guided_heads` heads of each of the last
            `guided_blocks` blocks are those whose weights are returned, for they are to follow the
            text; all heads of all blocks where `guided_heads` is 0. Default to 2 and 2.

    Call arguments:
        frames: float tensor `(batch, steps, n_mels)`, the last frame before each step.
        values: float tensor `(batch, tokens, channels)`, the memory.
        values_mask: bool tensor `(batch, tokens)`, True where a token is real.
        noise: see `Prenet`. Defaults to None.
        training: whether dropout acts (the prenet's always does).

    Returns: `(mel, stop_logits, weights)`: `(batch, steps * reduction, n_mels)`,
    `(batch, steps)`, and `(batch, heads, steps, tokens)` of the heads named above.

    Reference: [Li et al., 2019](https://arxiv.org/abs/1809.08895), sections 3.2, 3.4, 3.6 and 3.7;
    several frames per step: [Wang et al., 2017](https://arxiv.org/abs/1703.10135), section 3.3.
    """

    def __init__(
        self,
        n_mels=80,
        reduction=1,
        channels=512,
        n_blocks=6,
        n_heads=8,
        feed_forward_units=2048,
        dropout=0.1,
        norm_first=False,
        prenet_units=(256, 256),
        prenet_dropout=0.5,
        guided_blocks=2,
        guided_heads=2,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.n_mels, self.reduction = n_mels, reduction
        self.channels, self.n_blocks, self.n_heads = channels, n_blocks, n_heads
        self.feed_forward_units, self.dropout = feed_forward_units, dropout
        self.norm_first = norm_first
        self.prenet_units, self.prenet_dropout = tuple(prenet_units), prenet_dropout
        self.guided_blocks, self.guided_heads = guided_blocks, guided_heads
        self.supports_masking = True
        policy = self.dtype_policy
        self.prenet = Prenet(prenet_units, prenet_dropout, dtype=policy)
        self.projection = keras.layers.Dense(channels, dtype=policy)
        self.positions = ScaledPositionalEncoding(dtype=policy)
        self.drop = keras.layers.Dropout(dropout, dtype=policy)
        self.blocks = [
            DecoderBlock(channels, n_heads, feed_forward_units, dropout, norm_first, dtype=policy)
            for _ in range(n_blocks)
        ]
        self.final_norm = FinalNorm(norm_first, dtype=policy)
        self.mel_dense = keras.layers.Dense(n_mels * reduction, dtype=policy)
        self.stop_dense = keras.layers.Dense(1, dtype=policy)

    def build(self, frames_shape, values_shape):
        shape = (*frames_shape[:-1], self.channels)
        self.prenet.build(frames_shape)
        self.projection.build((*frames_shape[:-1], self.prenet_units[-1]))
        for block in self.blocks:
            block.build(shape, values_shape)
        for layer in (
            self.positions, self.drop, self.final_norm, self.mel_dense, self.stop_dense,
        ):  # fmt: skip
            layer.build(shape)

    def call(self, frames, values, values_mask, noise=None, training=None):
        x = self.positions(self.projection(self.prenet(frames, noise=noise)))
        x = self.drop(x, training=training)
        weights = []
        for block in self.blocks:
            x, block_weights = block(x, values, values_mask, training=training)
            weights.append(block_weights)
        mel, stop_logits = self._project(self.final_norm(x))
        return mel, stop_logits, self._watched(weights)

    @property
    def n_watched_heads(self):
        """How many heads' weights are returned."""
        if self.guided_heads:
            return self.guided_blocks * self.guided_heads
        return self.n_blocks * self.n_heads

    def prepare(self, values):
        """Each block's keys and values of the memory; the `memory` of `step`."""
        return [block.cross_attention.project(values) for block in self.blocks]

    def initial_past(self, batch, n_chunks, chunk):
        """Each block's room for `n_chunks * chunk` steps; see `CachedMultiHeadAttention`."""
        attentions = [block.self_attention for block in self.blocks]
        return [attention.initial_past(batch, n_chunks, chunk) for attention in attentions]

    def initial_recent(self, batch, chunk):
        """Each block's room for the steps since the last `remember`."""
        return [block.self_attention.initial_recent(batch, chunk) for block in self.blocks]

    def remember(self, past, recent, n_chunks):
        """Keep each block's full `recent` as chunk number `n_chunks` of its `past`."""
        return [
            block.self_attention.remember(*caches, n_chunks)
            for block, *caches in zip(self.blocks, past, recent, strict=True)
        ]

    def step(
        self, frame, memory, mask, past, recent, n_chunks, place, window=None, noise=None
    ):  # fmt: skip
        """One step in inference.

        Args:
            frame: `(batch, n_mels)`, the last frame before the step.
            memory: see `prepare`.
            mask: bool `(batch, tokens)`, True where a token is real.
            past, recent: see `initial_past` and `initial_recent`.
            n_chunks, place: chunks that `past` holds and steps that `recent` holds.
            window: bool `(batch, tokens)`, where the guided heads may look. Defaults to None:
                anywhere.
            noise: see `Prenet`; `(..., sum(prenet_units))`. Defaults to fresh numbers.

        Returns: `(mel, stop_logits, weights, recent)`: `(batch, reduction, n_mels)`, `(batch,)`,
        `(batch, heads, tokens)`, and `recent` with this step in it.
        """
        chunk = recent[0][0].shape[2]
        mask = mask[:, None, :]
        guided_mask = mask
        if window is not None and self.guided_heads:
            free = (ops.arange(self.n_heads) >= self.guided_heads)[None, :, None]
            guided_mask = ops.logical_and(mask, ops.logical_or(free, window[:, None, :]))
        x = self.projection(self.prenet(frame, noise=noise))[:, None]
        x = self.positions(x, start=n_chunks * chunk + place)[:, 0]
        weights, new_recent = [], []
        for i, block in enumerate(self.blocks):
            guided = i >= self.n_blocks - self.guided_blocks
            x, block_weights, block_recent = block.step(
                x, memory[i], guided_mask if guided else mask, past[i], recent[i], n_chunks, place
            )
            weights.append(block_weights)
            new_recent.append(block_recent)
        mel, stop_logits = self._project(self.final_norm(x)[:, None])
        return mel, stop_logits[:, 0], self._watched(weights), new_recent

    def _project(self, x):
        """Frames and stop logits from `(batch, steps, channels)`."""
        batch, steps, _ = ops.shape(x)
        mel = ops.reshape(self.mel_dense(x), (batch, steps * self.reduction, self.n_mels))
        return mel, self.stop_dense(x)[:, :, 0]

    def _watched(self, weights):
        """The weights `(batch, heads, ..., tokens)` of the guided heads, or of all."""
        if self.guided_heads:
            weights = weights[-self.guided_blocks :]
            if self.guided_heads < self.n_heads:
                # The gradient of a split is cheaper than that of an index.
                weights = [ops.split(w, [self.guided_heads], axis=1)[0] for w in weights]
        return ops.concatenate(weights, axis=1)

    def get_config(self):
        return {
            **super().get_config(),
            "n_mels": self.n_mels,
            "reduction": self.reduction,
            "channels": self.channels,
            "n_blocks": self.n_blocks,
            "n_heads": self.n_heads,
            "feed_forward_units": self.feed_forward_units,
            "dropout": self.dropout,
            "norm_first": self.norm_first,
            "prenet_units": self.prenet_units,
            "prenet_dropout": self.prenet_dropout,
            "guided_blocks": self.guided_blocks,
            "guided_heads": self.guided_heads,
        }

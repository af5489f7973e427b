"""The bottleneck in front of an autoregressive decoder."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_speech")
class Prenet(keras.layers.Layer):
    """Bottleneck that keeps the decoder from copying its last frame.

    Dense layers without bias, each with ReLU and dropout. The dropout acts in inference too: it is
    the source of Tacotron 2's variation.

    Args:
        units: widths of the dense layers, one after another. Defaults to `(256, 256)`.
        dropout: rate, `0 <= dropout < 1`, also applied in inference. Defaults to 0.5.
        seed: seed of the dropout when no `noise` is given. Defaults to None.

    Call arguments:
        frames: float tensor `(batch, time, n_mels)`, or `(batch, n_mels)`.
        noise: uniform numbers in `[0, 1)`, `(..., sum(units))`, that broadcast against the frames;
            a unit is dropped where its number is below `dropout`. Defaults to fresh ones.

    Returns: float tensor `(batch, time, units[-1])`.

    Raises:
        ValueError: if `units` is empty or `dropout` is out of range.

    Example:
    >>> import numpy as np
    >>> tuple(Prenet((32, 16))(np.zeros((2, 7, 80))).shape)
    (2, 7, 16)

    Reference: [Wang et al., 2017](https://arxiv.org/abs/1703.10135), section 3.2; without biases as
    in the widespread implementations of Tacotron 2.
    """

    def __init__(self, units=(256, 256), dropout=0.5, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.dropout, self.seed = tuple(units), dropout, seed
        if not self.units:
            raise ValueError("`units` must name at least one width. Received: units=()")
        if not 0 <= dropout < 1:
            raise ValueError(f"`dropout` must be in [0, 1). Received: dropout={dropout}")
        self.dense = [
            keras.layers.Dense(n, activation="relu", use_bias=False, dtype=self.dtype_policy)
            for n in self.units
        ]
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        for dense in self.dense:
            dense.build(input_shape)
            input_shape = (*input_shape[:-1], dense.units)

    def call(self, frames, noise=None):
        if noise is None and self.dropout:
            shape = (*ops.shape(frames)[:-1], sum(self.units))
            noise = keras.random.uniform(shape, dtype="float32", seed=self.seed_generator)
        start = 0
        for dense in self.dense:
            frames = dense(frames)
            if self.dropout:
                kept = noise[..., start : start + dense.units] >= self.dropout
                frames = frames * ops.cast(kept, frames.dtype) / (1.0 - self.dropout)
            start += dense.units
        return frames

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units[-1])

    def get_config(self):
        config = super().get_config()
        return {**config, "units": self.units, "dropout": self.dropout, "seed": self.seed}

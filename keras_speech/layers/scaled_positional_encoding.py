"""Positions whose weight is learned."""

import keras

from keras_speech.layers import argument_checks
from keras_speech.ops import positions


@keras.saving.register_keras_serializable("keras_speech")
class ScaledPositionalEncoding(keras.layers.Layer):
    """Adds sinusoids of the position, times one trainable number.

    Text and speech differ in scale: with a weight of its own, each side of a Transformer says how
    much its positions count beside its contents.

    Args:
        initial_scale: weight of the sinusoids before training. Defaults to 1.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`, `channels` even.
        start: position of the first step, int or scalar integer tensor. Defaults to 0.

    Returns: float tensor `(batch, time, channels)`.

    Raises:
        ValueError: if `channels` is odd, or `initial_scale` no finite number.

    Example:
    >>> import numpy as np
    >>> layer = ScaledPositionalEncoding()
    >>> whole = layer(np.zeros((2, 7, 16)))
    >>> bool(np.allclose(layer(np.zeros((2, 2, 16)), start=5), whole[:, 5:]))
    True

    Reference: [Li et al., 2019](https://arxiv.org/abs/1809.08895), section 3.2.
    """

    def __init__(self, initial_scale=1.0, **kwargs):
        super().__init__(**kwargs)
        argument_checks.check_number(initial_scale=initial_scale)
        self.initial_scale = initial_scale
        self.supports_masking = True

    def build(self, input_shape):
        if input_shape[-1] % 2:
            raise ValueError(f"`channels` must be even. Received: channels={input_shape[-1]}")
        self.scale = self.add_weight(
            name="scale",
            shape=(),
            initializer=keras.initializers.Constant(self.initial_scale),
        )

    def call(self, inputs, start=0):
        _, length, channels = keras.ops.shape(inputs)
        table = positions.sinusoidal_positions(length, channels, start=start)
        return inputs + self.scale * keras.ops.cast(table, inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "initial_scale": self.initial_scale}

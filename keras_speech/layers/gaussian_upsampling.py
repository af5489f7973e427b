"""From tokens to frames, with soft borders."""

import keras
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.ops import masking

# Narrower than this, all frames but the nearest would have a weight of 0 at every token.
MIN_RANGE = 0.3


@keras.saving.register_keras_serializable("keras_speech")
class GaussianUpsampling(keras.layers.Layer):
    """Gives each frame a mixture of the tokens about it, by a Gaussian at each token's center.

    How wide a token reaches is learned: its range follows from the token and its length.
    Differentiable in the durations, which need not be whole. Tokens of length 0 are not heard.

    Args:
        n_frames: length of every result. Defaults to None: what each call says, or the longest row.

    Call arguments:
        inputs: float tensor `(batch, tokens, channels)`.
        durations: `(batch, tokens)`, frames of each token, 0 on padding.
        n_frames: length of the result, int or scalar integer tensor. Defaults to the layer's own,
            or else to the longest row (which JAX cannot compile: its shapes are fixed).

    Returns: `(outputs, weights)`: `(batch, n_frames, channels)`, 0 after each row's last frame, and
    float32 `(batch, n_frames, tokens)`, which sum to 1 over the tokens of each real frame.

    Raises:
        ValueError: if `n_frames` is neither None nor a whole number from 1.

    Example:
    >>> import numpy as np
    >>> outputs, weights = GaussianUpsampling()(np.zeros((1, 2, 8)), np.array([[2, 3]]))
    >>> tuple(outputs.shape), tuple(weights.shape)
    ((1, 5, 8), (1, 5, 2))

    Reference: [Shen et al., 2020](https://arxiv.org/abs/2010.04301), section 3.3; the range by a
    projection of token and log length in place of an LSTM.
    """

    def __init__(self, n_frames=None, **kwargs):
        super().__init__(**kwargs)
        if n_frames is not None:
            argument_checks.check_whole(n_frames=n_frames)
        self.n_frames = n_frames
        self.supports_masking = True
        # Softplus of it: at first a token reaches about one frame beyond its borders.
        self.range_dense = keras.layers.Dense(
            1, bias_initializer=keras.initializers.Constant(1.0), dtype="float32"
        )

    def build(self, inputs_shape, durations_shape=None, n_frames_shape=None):
        self.range_dense.build((*inputs_shape[:-1], inputs_shape[-1] + 1))

    def call(self, inputs, durations, n_frames=None):
        values = ops.cast(inputs, self.compute_dtype)
        durations = ops.cast(durations, "float32")
        if n_frames is None:
            n_frames = self.n_frames
        if n_frames is None:
            n_frames = ops.cast(ops.ceil(ops.max(ops.sum(durations, axis=1))), "int32")
        seen = [ops.cast(inputs, "float32"), ops.log1p(durations)[:, :, None]]
        ranges = ops.softplus(self.range_dense(ops.concatenate(seen, axis=-1)))[:, None, :, 0]
        ranges = ranges + MIN_RANGE
        ends = ops.cumsum(durations, axis=1)
        centers = (ends - durations / 2.0)[:, None, :]
        # Frame t lasts from t to t + 1.
        places = ops.cast(ops.arange(n_frames), "float32")[None, :, None] + 0.5
        log_weights = -ops.square((places - centers) / ranges) / 2.0 - ops.log(ranges)
        log_weights = ops.where(durations[:, None, :] > 0, log_weights, -1e9)
        weights = ops.softmax(log_weights, axis=-1)
        lengths = ops.cast(ops.ceil(ends[:, -1] - 1e-3), "int32")
        real = masking.sequence_mask(lengths, n_frames)[:, :, None]
        weights = ops.where(real, weights, 0.0)
        return ops.matmul(ops.cast(weights, values.dtype), values), weights

    def get_config(self):
        return {**super().get_config(), "n_frames": self.n_frames}

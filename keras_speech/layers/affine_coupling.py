"""`AffineCoupling`: half of the channels scale and shift the other half."""

import keras
from keras import ops

# Logarithms of scales are what the net says up to here, and beyond bend towards the greatest.
LINEAR_LOG_SCALE, GREATEST_LOG_SCALE = 6.0, 8.0


@keras.saving.register_keras_serializable("keras_speech")
class AffineCoupling(keras.layers.Layer):
    """Invertible layer around a net that need not be invertible.

    The channels are halved, `x = (a, b)`; the net reads `a` and the condition, and says how to
    scale and shift `b`: `t, s = net(a)`, `z = (a, exp(s) b + t)`. The log-determinant of the
    Jacobian is the sum of `s`. All but the net is computed in float32, whatever the policy.

    Args:
        net: layer that maps `(batch, time, a's channels)` to twice `b`'s channels: first the
            shifts, then the logarithms of the scales. It is called as
            `net(a, condition, mask=mask)`. An example is `GatedConvolutionStack`.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`, at least 2 channels. The first
            `channels // 2` are `a`.
        condition: float tensor that the net takes as its second argument, or `None` (default).
        mask: bool or float tensor `(batch, time)`, 0 for padding: it changes no other step and does
            not count in the log-determinant. Defaults to `None`.

    Returns: pair of float32 tensors: `z` `(batch, time, channels)`, and the log-determinant
        `(batch,)` in nats, summed over time. `inverse(z, condition, mask)` gives `inputs`.

    Raises:
        ValueError: there are fewer than 2 channels, or the net gives another number of them.

    Example:

    >>> import numpy as np
    >>> from keras_speech.layers import GatedConvolutionStack
    >>> layer = AffineCoupling(GatedConvolutionStack(4, channels=8, n_layers=2))
    >>> x = np.random.default_rng(0).normal(size=(1, 10, 4)).astype("float32")
    >>> z, log_det = layer(x)
    >>> bool(np.allclose(layer.inverse(z), x, atol=1e-5)), float(log_det[0])
    (True, 0.0)

    Reference: [Dinh et al., 2017](https://arxiv.org/abs/1605.08803), section 3.2, as in
    [Prenger et al., 2019](https://arxiv.org/abs/1811.00002), eqs. 5 to 7. Deviation: `s` is
    smoothly bounded by 8 in magnitude (up to 6 it is what the net says): no scale overflows.
    """

    def __init__(self, net, **kwargs):
        # What is scaled and shifted stays float32; the net casts what it reads itself.
        super().__init__(autocast=False, **kwargs)
        self.net = keras.saving.deserialize_keras_object(net) if isinstance(net, dict) else net
        self.supports_masking = True

    def build(self, inputs_shape, condition_shape=None):
        channels = inputs_shape[-1]
        if channels < 2:
            raise ValueError(
                "`inputs` must have at least 2 channels, to halve them. "
                f"Received: inputs.shape={tuple(inputs_shape)}"
            )
        self.n_kept, self.n_changed = channels // 2, channels - channels // 2
        if not self.net.built:
            shapes = [(*inputs_shape[:-1], self.n_kept)]
            self.net.build(*shapes, *([] if condition_shape is None else [condition_shape]))

    def call(self, inputs, condition=None, mask=None):
        kept, changed = self._halves(inputs)
        shift, log_scale = self._shift_and_log_scale(kept, condition, mask)
        z = ops.concatenate([kept, ops.exp(log_scale) * changed + shift], axis=-1)
        if mask is not None:
            log_scale = log_scale * ops.cast(mask, "float32")[..., None]
        return z, ops.sum(log_scale, axis=(1, 2))

    def inverse(self, z, condition=None, mask=None):
        """The `inputs` that `z` was made of, with the same condition and mask.

        Args:
            z: float tensor `(batch, time, channels)`.
            condition, mask: as in the call.

        Returns: float32 tensor `(batch, time, channels)`.
        """
        kept, changed = self._halves(z)
        shift, log_scale = self._shift_and_log_scale(kept, condition, mask)
        return ops.concatenate([kept, (changed - shift) * ops.exp(-log_scale)], axis=-1)

    def _halves(self, x):
        return ops.split(ops.cast(x, "float32"), [self.n_kept], axis=-1)

    def _shift_and_log_scale(self, kept, condition, mask):
        outputs = ops.cast(self.net(kept, condition, mask=mask), "float32")
        if outputs.shape[-1] != 2 * self.n_changed:
            raise ValueError(
                f"`net` must give {2 * self.n_changed} channels, a shift and a scale for each of "
                f"{self.n_changed}. Received: {outputs.shape[-1]} channels"
            )
        shift, log_scale = ops.split(outputs, 2, axis=-1)
        return shift, softly_bounded(log_scale)

    def get_config(self):
        return {**super().get_config(), "net": keras.saving.serialize_keras_object(self.net)}


def softly_bounded(x):
    """`x` where it is small; beyond, with the same slope at first, never above the greatest."""
    rest = GREATEST_LOG_SCALE - LINEAR_LOG_SCALE
    linear = ops.clip(x, -LINEAR_LOG_SCALE, LINEAR_LOG_SCALE)
    return linear + rest * ops.tanh((x - linear) / rest)

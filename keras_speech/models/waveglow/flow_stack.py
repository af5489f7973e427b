"""The flows of WaveGlow, one after another, and back."""

import keras
from keras import ops

from keras_speech.layers.affine_coupling import AffineCoupling
from keras_speech.layers.gated_convolution_stack import GatedConvolutionStack
from keras_speech.layers.invertible_conv1x1 import InvertibleConv1x1


@keras.saving.register_keras_serializable("keras_speech")
class FlowStack(keras.layers.Layer):
    """Pairs of `InvertibleConv1x1` and `AffineCoupling`, between which channels leave early.

    Args:
        n_flows: number of pairs.
        early_every, early_channels: ahead of the pairs `early_every`, `2 * early_every`, ... that
            many channels go to the output as they are.
        channels, n_layers, kernel_size, weight_normalization: of each `GatedConvolutionStack`.
        remat: whether each coupling is computed anew for its gradient, rather than kept.
        orders: of each `InvertibleConv1x1`; `None` for none.

    Call arguments:
        inputs: float32 tensor `(batch, groups, n_groups)`.
        condition: float tensor `(batch, groups, any)`.
        mask: bool or float tensor `(batch, groups)`, or `None` (default).
        training: whether `remat` acts.

    Returns: pair of float32 tensors, `z` shaped as the inputs and the log-determinant `(batch,)`.
    """

    def __init__(
        self,
        n_flows=12,
        early_every=4,
        early_channels=2,
        channels=256,
        n_layers=8,
        kernel_size=3,
        weight_normalization=True,
        remat=False,
        orders=None,
        **kwargs,
    ):
        super().__init__(autocast=False, **kwargs)
        self.n_flows, self.remat = n_flows, remat
        self.early_every, self.early_channels = early_every, early_channels
        self.channels, self.n_layers, self.kernel_size = channels, n_layers, kernel_size
        self.weight_normalization = weight_normalization
        self.supports_masking = True
        self.convolutions = [
            InvertibleConv1x1(order, name=f"convolution_{i}", dtype=self.dtype_policy)
            for i, order in enumerate(orders or [None] * n_flows)
        ]
        self.couplings = []

    @property
    def orders(self):
        """The `order` of each 1x1 convolution; `None` where no one has any."""
        orders = [convolution.order for convolution in self.convolutions]
        return orders if any(order is not None for order in orders) else None

    @property
    def context_size(self):
        """Steps on each side of its own that an output depends on."""
        return self.n_flows * (self.kernel_size - 1) // 2 * (2**self.n_layers - 1)

    def leaves_early(self, i):
        """Whether channels leave ahead of pair `i`."""
        return i > 0 and i % self.early_every == 0

    def build(self, inputs_shape, condition_shape):
        *before, channels = inputs_shape
        for i, convolution in enumerate(self.convolutions):
            channels -= self.early_channels if self.leaves_early(i) else 0
            convolution.build((*before, channels))
            net = GatedConvolutionStack(
                2 * (channels - channels // 2),
                self.channels,
                self.n_layers,
                self.kernel_size,
                self.weight_normalization,
                dtype=self.dtype_policy,
            )
            coupling = AffineCoupling(net, name=f"coupling_{i}", dtype=self.dtype_policy)
            coupling.build((*before, channels), condition_shape)
            self.couplings.append(coupling)

    def call(self, inputs, condition, mask=None, training=None):
        x, early, total = inputs, [], 0.0
        for i, (convolution, coupling) in enumerate(self._pairs()):
            if self.leaves_early(i):
                left, x = ops.split(x, [self.early_channels], axis=-1)
                early.append(left)
            x, log_det = convolution(x, mask=mask)
            total = total + log_det
            if self.remat and training:
                coupling = keras.remat(_called(coupling, mask))
                x, log_det = coupling(x, condition)
            else:
                x, log_det = coupling(x, condition, mask=mask)
            total = total + log_det
        return ops.concatenate([*early, x], axis=-1), total

    def inverse(self, z, condition, mask=None):
        """The `inputs` that `z` was made of, with the same condition and mask."""
        n_early = sum(self.leaves_early(i) for i in range(self.n_flows))
        ends = [self.early_channels * (i + 1) for i in range(n_early)]
        # TensorFlow's graphs refuse a split at no place.
        *early, x = ops.split(z, ends, axis=-1) if ends else [z]
        for i, (convolution, coupling) in reversed(list(enumerate(self._pairs()))):
            x = convolution.inverse(coupling.inverse(x, condition, mask))
            if self.leaves_early(i):
                x = ops.concatenate([early.pop(), x], axis=-1)
        return x

    def _pairs(self):
        return zip(self.convolutions, self.couplings, strict=True)

    def get_config(self):
        names = (
            "n_flows", "early_every", "early_channels", "channels", "n_layers", "kernel_size",
            "weight_normalization", "remat", "orders",
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _called(coupling, mask):
    return lambda x, condition: coupling(x, condition, mask=mask)

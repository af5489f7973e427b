"""A kernel's direction and length as weights of their own."""

import contextlib

import keras
from keras import ops

TRANSPOSED = (
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
)
DEPTHWISE = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)


@keras.saving.register_keras_serializable("keras_speech")
class WeightNormalization(keras.layers.Wrapper):
    """Trains a layer's kernel as `g * v / ||v||`: one length `g` per output channel, and `v`.

    The layer's own `kernel` is `v`; `g` starts as `||v||`, so that wrapping changes no output. The
    norm goes over all axes of the kernel but the output channels': the last axis, the last but one
    in transposed convolutions, the last two in depthwise ones. Regularizers and constraints of the
    kernel act on `v`. Methods of the layer other than its call know the product after `fold()`.

    Args:
        layer: a layer with a `kernel`, built or not: `Dense`, `Conv1D`, `Conv1DTranspose`,
            `CausalDilatedConv1D`.
        data_init: whether the first call in training sets lengths and biases so that the layer's
            outputs, ahead of its activation, have mean 0 and variance 1 in each channel of that
            batch. Needs a bias. Defaults to `False`.

    Call arguments:
        inputs, and any other argument of the layer's.

    Returns: what the layer returns.

    Raises:
        ValueError: once built, if the layer has no `kernel`, or no bias with `data_init`.

    Example:
    >>> import numpy as np
    >>> layer = WeightNormalization(keras.layers.Conv1D(4, 3), data_init=True)
    >>> x = np.random.default_rng(0).normal(2.0, 5.0, (8, 50, 6)).astype("float32")
    >>> y = np.asarray(layer(x, training=True))
    >>> bool(np.allclose(y.mean(axis=(0, 1)), 0, atol=1e-4)), round(float(y.var()), 3)
    (True, 1.0)
    >>> plain = layer.fold()
    >>> bool(np.allclose(plain(x), y, atol=1e-4))
    True

    Reference: [Salimans & Kingma, 2016](https://arxiv.org/abs/1602.07868), eqs. 2, 5 and 6. What
    the data gave is a fixed factor on `g` and a fixed term on the bias rather than their first
    values: backends without state of their own cannot set trained weights in a call. Until
    `fold()`, a step of `g` is therefore as many times larger as that factor says.
    """

    def __init__(self, layer, data_init=False, **kwargs):
        # Lengths are taken in float32; the layer computes in its own policy and casts to it.
        super().__init__(layer, **{**kwargs, "autocast": False, "dtype": "float32"})
        self.data_init = data_init
        self.supports_masking = layer.supports_masking

    def build(self, input_shape):
        super().build(input_shape)
        # A property in some layers of Keras, which may hand out something else than the weight.
        self.kernel_name = "_kernel" if "_kernel" in vars(self.layer) else "kernel"
        if not isinstance(vars(self.layer).get(self.kernel_name), keras.Variable):
            raise ValueError(
                "`layer` must have a `kernel`, as dense layers and convolutions do. "
                f"Received: layer={self.layer}"
            )
        outputs = output_axes(self.layer, len(self.v.shape))
        self.axes = tuple(i for i in range(len(self.v.shape)) if i not in outputs)
        shape = tuple(n if i in outputs else 1 for i, n in enumerate(self.v.shape))
        self.g = self.add_weight(shape=shape, initializer=lambda *_, **__: self._norm(), name="g")
        if self.data_init:
            self._build_data_init(shape)

    @property
    def v(self):
        """The directions: the layer's own kernel."""
        return vars(self.layer)[self.kernel_name]

    def _build_data_init(self, shape):
        bias = getattr(self.layer, "bias", None)
        if bias is None:
            raise ValueError(f"`data_init` needs a layer with a bias. Received: layer={self.layer}")

        def fixed(name, shape, initializer, dtype="float32"):
            return self.add_weight(
                shape=shape, initializer=initializer, dtype=dtype, trainable=False, name=name
            )

        self.initialized = fixed("initialized", (), "zeros", "bool")
        self.data_scale = fixed("data_scale", shape, "ones")
        self.data_shift = fixed("data_shift", tuple(bias.shape), "zeros")

    def call(self, inputs, *args, training=None, **kwargs):
        if self.data_init and training:
            self._init_from_data(inputs, *args, **kwargs)
        kernel, bias = self._folded()
        replaced = {self.kernel_name: ops.cast(kernel, self.layer.compute_dtype)}
        if bias is not None:
            replaced["bias"] = ops.cast(bias, self.layer.compute_dtype)
        with attributes_replaced(self.layer, replaced):
            return self.layer(inputs, *args, training=training, **kwargs)

    def _norm(self):
        squares = ops.square(ops.cast(self.v, "float32"))
        # The least value keeps the gradient finite where a kernel is zero.
        return ops.sqrt(ops.maximum(ops.sum(squares, axis=self.axes, keepdims=True), 1e-24))

    def _folded(self):
        """The kernel and the bias that the layer computes with; None for an untouched bias."""
        kernel = ops.cast(self.v, "float32") * (self.g / self._norm())
        if not self.data_init:
            return kernel, None
        return kernel * self.data_scale, ops.cast(self.layer.bias, "float32") + self.data_shift

    def _init_from_data(self, *args, **kwargs):
        """Sets scale and shift, unless an earlier call has done so."""
        scale, shift = ops.cond(
            ops.logical_not(self.initialized),
            lambda: self._scale_and_shift(*args, **kwargs),
            lambda: (ops.copy(self.data_scale), ops.copy(self.data_shift)),
        )
        self.data_scale.assign(ops.stop_gradient(scale))
        self.data_shift.assign(ops.stop_gradient(shift))
        self.initialized.assign(True)

    def _scale_and_shift(self, inputs, *args, **kwargs):
        bias = ops.cast(self.layer.bias, "float32")
        replaced = {
            self.kernel_name: ops.cast(self.v, "float32") / self._norm(),
            "bias": ops.zeros_like(bias),
            "activation": None,
        }
        with attributes_replaced(self.layer, replaced):
            # Not the layer's `__call__`: what that records must not leave a branch of `cond`.
            outputs = self.layer.call(ops.cast(inputs, "float32"), *args, **kwargs)
        first = getattr(self.layer, "data_format", None) == "channels_first"
        channel = 1 if first else len(outputs.shape) - 1
        axes = [i for i in range(len(outputs.shape)) if i != channel]
        mean, variance = ops.moments(outputs, axes=axes)
        # Eq. 5 and 6: g = 1 / sigma, b = -mu / sigma. Channels that do not vary stay as they are.
        varies = variance > 1e-12
        deviation = ops.sqrt(ops.where(varies, variance, 1.0))
        scale = ops.reshape(1 / deviation, self.g.shape) / self.g
        scale = ops.where(ops.reshape(varies, self.g.shape), scale, 1.0)
        return scale, ops.where(varies, -mean / deviation - bias, 0.0)

    def fold(self):
        """Puts the product into the layer's own kernel (and bias) and returns the layer.

        The layer alone then computes what the wrapper did, and all its methods know the kernel.
        The wrapper goes on to work, and to train, from there.

        Example:
        >>> import numpy as np
        >>> layer = WeightNormalization(keras.layers.Dense(3))
        >>> y = layer(np.ones((2, 5)))
        >>> bool(np.allclose(layer.fold()(np.ones((2, 5))), y))
        True
        """
        kernel, bias = self._folded()
        self.v.assign(kernel)
        self.g.assign(self._norm())
        if bias is not None:
            self.layer.bias.assign(bias)
            self.data_scale.assign(ops.ones(self.data_scale.shape))
            self.data_shift.assign(ops.zeros(self.data_shift.shape))
        return self.layer

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(self, *args, **kwargs):
        return self.layer.compute_output_spec(*args, **kwargs)

    def get_config(self):
        return {**super().get_config(), "data_init": self.data_init}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return super().from_config(dict(config), custom_objects)


def output_axes(layer, rank):
    """The axes of a kernel of this rank that number the output channels."""
    if isinstance(layer, TRANSPOSED):
        return (rank - 2,)
    return (rank - 2, rank - 1) if isinstance(layer, DEPTHWISE) else (rank - 1,)


@contextlib.contextmanager
def attributes_replaced(layer, replaced):
    """Lets `layer` compute with tensors in place of its weights.

    In its `__dict__`, past the tracking of weights, to which nothing has changed.
    """
    attributes = vars(layer)
    kept = {name: attributes[name] for name in replaced if name in attributes}
    attributes.update(replaced)
    try:
        yield
    finally:
        for name in replaced:
            del attributes[name]
        attributes.update(kept)

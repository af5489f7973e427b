"""`CausalDilatedConv1D`: a convolution that sees no future, all at once or step by step."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_speech")
class CausalDilatedConv1D(keras.layers.Conv1D):
    """Convolution over the present and the past, with holes.

    `y[t] = bias + sum_j kernel[kernel_size - 1 - j] x[t - j * dilation_rate]`, where `x` before
    its start is zero. It is `keras.layers.Conv1D(padding="causal")`: weights load from one into
    the other, and further keywords of `Conv1D` (initializers, regularizers, constraints) work.

    Args:
        filters: channels of the output.
        kernel_size: number of taps. Defaults to 2.
        dilation_rate: steps from one tap to the next. Defaults to 1.
        activation: applied to the output. Defaults to none.
        use_bias: whether a bias is added. Defaults to `True`.
        **kwargs: of `keras.layers.Conv1D`, but for `strides`, `padding`, `groups` and
            `data_format`, which are fixed.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.

    Returns: float tensor `(batch, time, filters)`.

    Raises:
        ValueError: `kernel_size` or `dilation_rate` is below 1.

    Example:

    >>> import numpy as np
    >>> conv = CausalDilatedConv1D(4, kernel_size=3, dilation_rate=2)
    >>> x = np.random.default_rng(0).normal(size=(1, 9, 5)).astype("float32")
    >>> y = conv(x)
    >>> state = conv.initial_state(1)
    >>> for t in range(9):
    ...     y_t, state = conv.step(x[:, t], state)
    >>> bool(np.allclose(y_t, y[:, -1], atol=1e-5))
    True

    Reference: [van den Oord et al., 2016](https://arxiv.org/abs/1609.03499), section 2.1; the
    step form keeps a queue as in [Le Paine et al., 2016](https://arxiv.org/abs/1611.09482).
    """

    def __init__(
        self, filters, kernel_size=2, dilation_rate=1, activation=None, use_bias=True, **kwargs
    ):
        for name, value in (("kernel_size", kernel_size), ("dilation_rate", dilation_rate)):
            size = value[0] if isinstance(value, (tuple, list)) and len(value) == 1 else value
            if not isinstance(size, int) or size < 1:
                raise ValueError(
                    f"`{name}` must be an integer of at least 1. Received: {name}={value}"
                )
        for name in {"strides", "padding", "groups", "data_format"} & kwargs.keys():
            raise ValueError(
                f"`{name}` is fixed: steps of one, causal, ungrouped, channels last. "
                f"Received: {name}={kwargs[name]!r}"
            )
        super().__init__(
            filters,
            kernel_size,
            dilation_rate=dilation_rate,
            activation=activation,
            use_bias=use_bias,
            padding="causal",
            data_format="channels_last",
            **kwargs,
        )

    @property
    def span(self):
        """How many steps before the present one the first tap lies."""
        return (self.kernel_size[0] - 1) * self.dilation_rate[0]

    def call(self, inputs):
        # A product for each tap in place of a convolution: on processors the gradient of a
        # dilated convolution is slow, and in TensorFlow it does not exist without oneDNN.
        shape = ops.shape(inputs)
        padded = ops.pad(inputs, [[0, 0], [self.span, 0], [0, 0]])
        outputs = _product(inputs, self.kernel[-1])
        for j in range(self.kernel_size[0] - 1):
            # Not by indexing, whose gradient in TensorFlow takes longer than the products.
            before = ops.slice(padded, [0, j * self.dilation_rate[0], 0], shape)
            outputs += _product(before, self.kernel[j])
        return self._finish(outputs)

    def initial_state(self, batch_size):
        """The state before the first step: `(queue, position)`, nothing but zeros.

        Args:
            batch_size: rows that will be given to `step`. The layer must be built.

        Returns: pair of a float tensor `(batch_size, span, channels)` and an int32 scalar.
        """
        channels = self.kernel.shape[1]
        return (
            ops.zeros((batch_size, self.span, channels), dtype=self.compute_dtype),
            ops.zeros((), dtype="int32"),
        )

    def step(self, inputs, state):
        """The output at one time; what it costs does not depend on the dilation.

        Args:
            inputs: float tensor `(batch, channels)`, at this time.
            state: of the step before, or `initial_state(batch)`.

        Returns: pair of a float tensor `(batch, filters)` and the new state.
        """
        queue, position = state
        inputs = ops.convert_to_tensor(inputs, dtype=self.compute_dtype)
        # Only within `call` does Keras cast weights by itself.
        kernel = ops.cast(self.kernel, self.compute_dtype)
        outputs = ops.matmul(inputs, kernel[-1])
        for j in range(self.kernel_size[0] - 1):
            # The queue is a ring: the oldest input is where the present one will be.
            place = (position + j * self.dilation_rate[0]) % self.span
            outputs += ops.matmul(ops.take(queue, place, axis=1), kernel[j])
        if self.span:
            queue = ops.slice_update(queue, [0, position, 0], inputs[:, None])
            position = (position + 1) % self.span
        return self._finish(outputs), (queue, position)

    def _finish(self, outputs):
        if self.use_bias:
            outputs = outputs + ops.cast(self.bias, outputs.dtype)
        return outputs if self.activation is None else self.activation(outputs)

    def get_config(self):
        config = super().get_config()
        for name in ("strides", "padding", "groups", "data_format"):
            del config[name]
        return config


def _product(x, weights):
    """`(batch, time, channels)` times `(channels, filters)`, as one product of two matrices."""
    shape = ops.shape(x)
    flat = ops.matmul(ops.reshape(x, (-1, shape[-1])), weights)
    return ops.reshape(flat, (*shape[:-1], weights.shape[-1]))

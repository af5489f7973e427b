"""A gated recurrent unit, as a whole sequence and step by step."""

import keras
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.layers.zoneout_lstm import reverse_rows
from keras_speech.ops import gru


@keras.saving.register_keras_serializable("keras_speech")
class GRU(keras.layers.Layer):
    """Gated recurrent unit with a step form and rows that may be read backwards.

    Its weights are those of `keras.layers.GRU`, whose two biases it keeps apart.

    Args:
        units: size of the state and of the output.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.
        mask: bool tensor `(batch, time)` whose True entries come first. Only needed with
            `reverse`. Defaults to None.
        reverse: whether to read each row from its last real step to its first. Defaults to False.
        training: changes nothing; cells of decoders are told. Defaults to None.

    Returns: float tensor `(batch, time, units)`.

    Raises:
        ValueError: if `units` is not a whole number from 1.

    Example:
    >>> import numpy as np
    >>> layer = GRU(16)
    >>> tuple(layer(np.zeros((2, 7, 8))).shape)
    (2, 7, 16)
    >>> output, state = layer.step(np.zeros((2, 8)), layer.initial_state(2))

    Reference: [Cho et al., 2014](https://arxiv.org/abs/1406.1078), with the reset gate after the
    recurrent product as in cuDNN, Keras and PyTorch.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        argument_checks.check_whole(units=units)
        self.units = units
        self.supports_masking = True

    def build(self, input_shape):
        gates = 3 * self.units
        self.kernel = self.add_weight(shape=(input_shape[-1], gates), name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, gates), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(gates,), initializer="zeros", name="bias")
        self.recurrent_bias = self.add_weight(
            shape=(gates,), initializer="zeros", name="recurrent_bias"
        )

    def call(self, inputs, mask=None, reverse=False, training=None):
        if reverse:
            inputs = reverse_rows(inputs, mask)
        projected = ops.transpose(self.project(inputs), (1, 0, 2))
        outputs = gru.gru(projected, *self._recurrent())
        outputs = ops.transpose(outputs, (1, 0, 2))
        return reverse_rows(outputs, mask) if reverse else outputs

    def project(self, inputs):
        """Inputs times their kernel plus their bias, `(..., 3 * units)`."""
        inputs = ops.cast(inputs, self.compute_dtype)
        return ops.matmul(inputs, self._cast(self.kernel)) + self._cast(self.bias)

    def initial_state(self, batch_size):
        """Zeros `(batch_size, units)`."""
        return ops.zeros((batch_size, self.units), dtype=self.compute_dtype)

    def step(self, inputs, state):
        """One step: `(batch, channels)` to `(output, state)`."""
        state = gru.gru_step(self.project(inputs), state, *self._recurrent())
        return state, state

    def _recurrent(self):
        return self._cast(self.recurrent_kernel), self._cast(self.recurrent_bias)

    def _cast(self, weight):
        return ops.cast(weight, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}

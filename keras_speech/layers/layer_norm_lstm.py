"""An LSTM with layer normalization, as a whole sequence and step by step."""

import keras
from keras import ops

from keras_speech.layers.zoneout_lstm import forget_gate_open, reverse_rows
from keras_speech.ops import layer_norm_lstm


@keras.saving.register_keras_serializable("keras_speech")
class LayerNormLSTM(keras.layers.Layer):
    """Long short-term memory that normalizes what reaches its gates and its cell.

    The input's and the state's share of the gates are normalized each by itself over all four
    gates, and the cell before its output is taken. Weights come in the order of
    `tfa.rnn.LayerNormLSTMCell`, so that `set_weights` takes what its `get_weights` gave.

    Args:
        units: size of the state and of the output.
        epsilon: added to variances. Defaults to `1e-3`.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.
        mask: bool tensor `(batch, time)` whose True entries come first. Only needed with
            `reverse`. Defaults to None.
        reverse: whether to read each row from its last real step to its first. Defaults to False.

    Returns: float tensor `(batch, time, units)`.

    Raises:
        ValueError: if `epsilon` is not above 0.

    Example:
    >>> import numpy as np
    >>> layer = LayerNormLSTM(16)
    >>> tuple(layer(np.zeros((2, 7, 8))).shape)
    (2, 7, 16)
    >>> output, state = layer.step(np.zeros((2, 8)), layer.initial_state(2))

    Reference: [Ba et al., 2016](https://arxiv.org/abs/1607.06450), eqs. 20 to 22. As in
    tensorflow-addons the normalized cell is what the next step finds, not the cell before it.
    """

    def __init__(self, units, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        # A state that starts at zero has no variance.
        if not epsilon > 0:
            raise ValueError(f"`epsilon` must be above 0. Received: epsilon={epsilon}.")
        self.units, self.epsilon = units, epsilon
        self.supports_masking = True

    def build(self, input_shape):
        gates = 4 * self.units
        self.kernel = self.add_weight(shape=(input_shape[-1], gates), name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, gates), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(gates,), initializer=forget_gate_open, name="bias")
        self.kernel_gamma, self.kernel_beta = self._add_norm(gates, "kernel")
        self.recurrent_gamma, self.recurrent_beta = self._add_norm(gates, "recurrent")
        self.state_gamma, self.state_beta = self._add_norm(self.units, "state")

    def _add_norm(self, channels, name):
        gamma = self.add_weight(shape=(channels,), initializer="ones", name=f"{name}_gamma")
        return gamma, self.add_weight(shape=(channels,), initializer="zeros", name=f"{name}_beta")

    def call(self, inputs, mask=None, reverse=False):
        if reverse:
            inputs = reverse_rows(inputs, mask)
        projected = ops.transpose(self.project(inputs), (1, 0, 2))
        outputs = layer_norm_lstm.layer_norm_lstm(projected, self.loop_weights(), self.epsilon)
        outputs = ops.transpose(outputs, (1, 0, 2))
        return reverse_rows(outputs, mask) if reverse else outputs

    def project(self, inputs):
        """Inputs times their kernel, normalized, with every bias, `(..., 4 * units)`."""
        product = ops.matmul(ops.cast(inputs, self.compute_dtype), self._cast(self.kernel))
        normalized, _ = layer_norm_lstm.normalize(product, self.epsilon)
        bias = self._cast(self.bias) + self._cast(self.kernel_beta)
        return self._cast(self.kernel_gamma) * normalized + bias + self._cast(self.recurrent_beta)

    def loop_weights(self):
        """The weights that `ops.layer_norm_lstm` takes."""
        weights = (self.recurrent_kernel, self.recurrent_gamma, self.state_gamma, self.state_beta)
        return tuple(map(self._cast, weights))

    def initial_state(self, batch_size):
        """Zeros for `h` and `c`, each `(batch_size, units)`."""
        zeros = ops.zeros((batch_size, self.units), dtype=self.compute_dtype)
        return zeros, zeros

    def step(self, inputs, state):
        """One step: `(batch, channels)` to `(output, state)`."""
        state = layer_norm_lstm.layer_norm_lstm_step(
            self.project(inputs), state, self.loop_weights(), self.epsilon
        )
        return state[0], state

    def _cast(self, weight):
        return ops.cast(weight, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "epsilon": self.epsilon}

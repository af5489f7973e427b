"""An LSTM with zoneout, as a whole sequence and step by step."""

import keras
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.ops import lstm


@keras.saving.register_keras_serializable("keras_speech")
class ZoneoutLSTM(keras.layers.Layer):
    """Long short-term memory whose units may keep their previous value.

    Its weights are laid out as in cuDNN and PyTorch, with a bias on the input's and one on the
    state's side, so that weights of either load unchanged (their gate order is the same; their
    matrices are transposed).

    Args:
        units: size of the state and of the output.
        zoneout: rate at which a unit of `h` and of `c` keeps its old value in training; in
            inference the expected value is taken. Defaults to 0.
        seed: seed of the zoneout. Defaults to None.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.
        mask: bool tensor `(batch, time)` whose True entries come first. Only needed with
            `reverse`. Defaults to None.
        reverse: whether to read each row from its last real step to its first. Defaults to False.
        training: whether zoneout is random.

    Returns: float tensor `(batch, time, units)`.

    Raises:
        ValueError: if `units` is not a whole number from 1, or `zoneout` not in `[0, 1)`.

    Example:
    >>> import numpy as np
    >>> layer = ZoneoutLSTM(16, zoneout=0.1)
    >>> tuple(layer(np.zeros((2, 7, 8))).shape)
    (2, 7, 16)
    >>> output, state = layer.step(np.zeros((2, 8)), layer.initial_state(2))

    Reference: [Krueger et al., 2017](https://arxiv.org/abs/1606.01305).
    """

    def __init__(self, units, zoneout=0.0, seed=None, **kwargs):
        super().__init__(**kwargs)
        argument_checks.check_whole(units=units)
        argument_checks.check_rate(zoneout=zoneout)
        self.units, self.zoneout, self.seed = units, zoneout, seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True

    def build(self, input_shape):
        gates = 4 * self.units
        self.kernel = self.add_weight(shape=(input_shape[-1], gates), name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, gates), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(gates,), initializer=forget_gate_open, name="bias")
        self.recurrent_bias = self.add_weight(
            shape=(gates,), initializer="zeros", name="recurrent_bias"
        )

    def call(self, inputs, mask=None, reverse=False, training=None):
        if reverse:
            inputs = reverse_rows(inputs, mask)
        projected = ops.transpose(self.project(inputs), (1, 0, 2))
        zoneout = self.sample_zoneout(ops.shape(projected)[:2], training)
        outputs = lstm.lstm(projected, self._cast(self.recurrent_kernel), zoneout)
        outputs = ops.transpose(outputs, (1, 0, 2))
        return reverse_rows(outputs, mask) if reverse else outputs

    def project(self, inputs):
        """Inputs times their kernel plus both biases, `(..., 4 * units)`."""
        bias = self._cast(self.bias) + self._cast(self.recurrent_bias)
        return ops.matmul(ops.cast(inputs, self.compute_dtype), self._cast(self.kernel)) + bias

    def sample_zoneout(self, leading_shape, training):
        """What zoneout keeps of `h` and of `c`: random masks in training, else the rate."""
        if not self.zoneout:
            return None, None
        if not training:
            return self.zoneout, self.zoneout
        shape = (2, *leading_shape, self.units)
        kept = keras.random.uniform(shape, dtype="float32", seed=self.seed_generator) < self.zoneout
        kept = ops.cast(kept, self.compute_dtype)
        return kept[0], kept[1]

    def initial_state(self, batch_size):
        """Zeros for `h` and `c`, each `(batch_size, units)`."""
        zeros = ops.zeros((batch_size, self.units), dtype=self.compute_dtype)
        return zeros, zeros

    def step(self, inputs, state, zoneout=None):
        """One step, by default in inference: `(batch, channels)` to `(output, state)`.

        In training `zoneout` is what `sample_zoneout` gave for this step.
        """
        if zoneout is None:
            zoneout = self.sample_zoneout((), training=False)
        recurrent_kernel = self._cast(self.recurrent_kernel)
        state = lstm.lstm_step(self.project(inputs), state, recurrent_kernel, zoneout)
        return state[0], state

    def _cast(self, weight):
        return ops.cast(weight, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        config = super().get_config()
        return {**config, "units": self.units, "zoneout": self.zoneout, "seed": self.seed}


def forget_gate_open(shape, dtype=None):
    """Bias of 1 at the forget gate, 0 elsewhere (Jozefowicz et al., 2015)."""
    units = shape[0] // 4
    zeros = ops.zeros((units,), dtype=dtype)
    return ops.concatenate([zeros, ops.ones((units,), dtype=dtype), zeros, zeros])


def reverse_rows(x, mask=None):
    """Reverse each row of `x` `(batch, time, channels)`, the real steps that `mask` marks only."""
    if mask is None:
        return ops.flip(x, axis=1)
    lengths = ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True)
    places = ops.arange(ops.shape(x)[1], dtype="int32")[None, :]
    places = ops.where(places < lengths, lengths - 1 - places, places)
    return ops.take_along_axis(x, places[:, :, None], axis=1)

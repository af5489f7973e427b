"""A dense layer that learns how much of its input to pass on unchanged."""

import keras

from keras_speech.layers import argument_checks


@keras.saving.register_keras_serializable("keras_speech")
class Highway(keras.layers.Layer):
    """A dense layer behind a gate that may let the input through instead.

    `y = t * activation(W x + b) + (1 - t) * x` with `t = sigmoid(V x + c)`; the output is as wide
    as the input.

    Args:
        activation: name of the activation. Defaults to `"relu"`.
        gate_bias: first value of `c`. Negative: at first most passes unchanged. Defaults to -1.

    Call arguments:
        inputs: float tensor `(..., channels)`.

    Returns: float tensor of the same shape.

    Raises:
        ValueError: if `gate_bias` is no finite number.

    Example:
    >>> import numpy as np
    >>> tuple(Highway()(np.zeros((2, 7, 8))).shape)
    (2, 7, 8)

    Reference: [Srivastava et al., 2015](https://arxiv.org/abs/1505.00387), eq. 3.
    """

    def __init__(self, activation="relu", gate_bias=-1.0, **kwargs):
        super().__init__(**kwargs)
        argument_checks.check_number(gate_bias=gate_bias)
        self.activation, self.gate_bias = keras.activations.get(activation), gate_bias
        self.supports_masking = True

    def build(self, input_shape):
        channels, policy = input_shape[-1], self.dtype_policy
        self.dense = keras.layers.Dense(channels, activation=self.activation, dtype=policy)
        self.gate = keras.layers.Dense(
            channels,
            activation="sigmoid",
            bias_initializer=keras.initializers.Constant(self.gate_bias),
            dtype=policy,
        )
        self.dense.build(input_shape)
        self.gate.build(input_shape)

    def call(self, inputs):
        return inputs + self.gate(inputs) * (self.dense(inputs) - inputs)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "activation": keras.activations.serialize(self.activation),
            "gate_bias": self.gate_bias,
        }

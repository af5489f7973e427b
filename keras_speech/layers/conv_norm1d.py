"""Convolution, batch normalization, activation and dropout that padding does not change."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_speech")
class ConvNorm1D(keras.layers.Layer):
    """A convolution over time with batch normalization, activation and dropout.

    Where a mask is given, padding enters the convolution as zeros, as the outside of the sequence
    does, and does not count in the normalization's statistics: padding changes nothing.

    Args:
        filters: number of output channels.
        kernel_size: length of the filters in time steps. Defaults to 5.
        activation: name of the activation, or None. Defaults to `"relu"`.
        dropout: rate in training. Defaults to 0.5.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.
        mask: bool tensor `(batch, time)`, True where the input is real. Defaults to None.
        training: whether dropout acts and statistics are updated.

    Returns: float tensor `(batch, time, filters)`.

    Example:
    >>> import numpy as np
    >>> tuple(ConvNorm1D(16)(np.zeros((2, 7, 8))).shape)
    (2, 7, 16)

    Reference: [Shen et al., 2018](https://arxiv.org/abs/1712.05884), section 2.2.
    """

    def __init__(self, filters, kernel_size=5, activation="relu", dropout=0.5, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.kernel_size, self.dropout = filters, kernel_size, dropout
        self.activation = keras.activations.get(activation)
        policy = self.dtype_policy
        self.conv = keras.layers.Conv1D(filters, kernel_size, padding="same", dtype=policy)
        self.norm = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype=policy)
        self.drop = keras.layers.Dropout(dropout, dtype=policy)
        self.supports_masking = True

    def build(self, input_shape):
        self.conv.build(input_shape)
        shape = (*input_shape[:-1], self.filters)
        self.norm.build(shape)
        self.drop.build(shape)

    def call(self, inputs, mask=None, training=None):
        if mask is not None:
            inputs = inputs * ops.cast(mask, inputs.dtype)[:, :, None]
        outputs = self.norm(self.conv(inputs), mask=mask, training=training)
        return self.drop(self.activation(outputs), training=training)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "activation": keras.activations.serialize(self.activation),
            "dropout": self.dropout,
        }

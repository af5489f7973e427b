"""What a text leaves open: one number per token, predicted."""

import keras
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.layers.zoneout_lstm import ZoneoutLSTM


@keras.saving.register_keras_serializable("keras_speech")
class VariancePredictor(keras.layers.Layer):
    """One number per token: convolutions, by option an LSTM in both directions, a projection.

    Args:
        filters: width of the convolutions. Defaults to 256.
        kernel_size: their length in tokens. Defaults to 3.
        n_layers: how many. Defaults to 2.
        dropout: rate in training, after each. Defaults to 0.5.
        recurrent_units: size of an LSTM in each direction after the convolutions, which sees the
            whole sentence; 0 for none. Defaults to 0.

    Call arguments:
        inputs: float tensor `(batch, tokens, channels)`.
        mask: bool tensor `(batch, tokens)`, True where a token is real. Defaults to None.
        training: whether dropout acts.

    Returns: float32 tensor `(batch, tokens)`, 0 on padding.

    Raises:
        ValueError: if a size is not a whole number or `dropout` not in [0, 1].

    Example:
    >>> import numpy as np
    >>> tuple(VariancePredictor(filters=16)(np.zeros((2, 7, 8))).shape)
    (2, 7)

    Reference: [Ren et al., 2021](https://arxiv.org/abs/2006.04558), section 2.3; the recurrent
    form: [Shen et al., 2020](https://arxiv.org/abs/2010.04301), section 3.2, behind convolutions.
    """

    def __init__(
        self,
        filters=256,
        kernel_size=3,
        n_layers=2,
        dropout=0.5,
        recurrent_units=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        argument_checks.check_whole(filters=filters, kernel_size=kernel_size)
        argument_checks.check_whole(least=0, n_layers=n_layers, recurrent_units=recurrent_units)
        argument_checks.check_share(dropout=dropout)
        self.filters, self.kernel_size, self.n_layers = filters, kernel_size, n_layers
        self.dropout, self.recurrent_units = dropout, recurrent_units
        self.supports_masking = True
        policy = self.dtype_policy
        self.convolutions = [
            keras.layers.Conv1D(
                filters, kernel_size, padding="same", activation="relu", dtype=policy
            )
            for _ in range(n_layers)
        ]
        self.norms = [
            keras.layers.LayerNormalization(epsilon=1e-5, dtype=policy) for _ in range(n_layers)
        ]
        self.drop = keras.layers.Dropout(dropout, dtype=policy)
        if recurrent_units:
            self.forward_lstm = ZoneoutLSTM(recurrent_units, dtype=policy)
            self.backward_lstm = ZoneoutLSTM(recurrent_units, dtype=policy)
        self.dense = keras.layers.Dense(1, dtype=policy)

    def build(self, input_shape):
        shape = tuple(input_shape)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            convolution.build(shape)
            shape = (*shape[:-1], self.filters)
            norm.build(shape)
        self.drop.build(shape)
        if self.recurrent_units:
            self.forward_lstm.build(shape)
            self.backward_lstm.build(shape)
            shape = (*shape[:-1], 2 * self.recurrent_units)
        self.dense.build(shape)

    def call(self, inputs, mask=None, training=None):
        x = ops.cast(inputs, self.compute_dtype)
        real = 1.0 if mask is None else ops.cast(mask, x.dtype)[:, :, None]
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = self.drop(norm(convolution(x * real)), training=training)
        if self.recurrent_units:
            x = ops.concatenate(
                [self.forward_lstm(x), self.backward_lstm(x, mask=mask, reverse=True)], axis=-1
            )
        return ops.cast((self.dense(x) * real)[:, :, 0], "float32")

    def compute_output_shape(self, input_shape):
        return tuple(input_shape[:-1])

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "n_layers": self.n_layers,
            "dropout": self.dropout,
            "recurrent_units": self.recurrent_units,
        }

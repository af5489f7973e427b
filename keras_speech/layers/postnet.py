"""The convolutions that refine a decoder's frames."""

import keras

from keras_speech.layers.conv_norm1d import ConvNorm1D


@keras.saving.register_keras_serializable("keras_speech")
class Postnet(keras.layers.Layer):
    """Convolutions that predict a correction to a finished spectrogram.

    Args:
        filters: channels of the hidden convolutions. Defaults to 512.
        kernel_size: length of the filters in frames. Defaults to 5.
        n_layers: number of convolutions, the last one included. Defaults to 5.
        dropout: rate in training. Defaults to 0.5.

    Call arguments:
        mel: float tensor `(batch, frames, n_mels)`.
        mask: bool tensor `(batch, frames)`, True where the frame is real. Defaults to None.
        training: whether dropout acts and statistics are updated.

    Returns: float tensor `(batch, frames, n_mels)`, to be added to `mel`.

    Raises:
        ValueError: if `n_layers` is less than 1.

    Example:
    >>> import numpy as np
    >>> tuple(Postnet(filters=16)(np.zeros((2, 7, 80))).shape)
    (2, 7, 80)

    Reference: [Shen et al., 2018](https://arxiv.org/abs/1712.05884), section 2.2.
    """

    def __init__(self, filters=512, kernel_size=5, n_layers=5, dropout=0.5, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.kernel_size = filters, kernel_size
        self.n_layers, self.dropout = n_layers, dropout
        self.supports_masking = True
        if n_layers < 1:
            raise ValueError(f"`n_layers` must be at least 1. Received: n_layers={n_layers}")

    def build(self, input_shape):
        n_mels = input_shape[-1]
        options = dict(kernel_size=self.kernel_size, dropout=self.dropout, dtype=self.dtype_policy)
        self.convolutions = [
            ConvNorm1D(self.filters, activation="tanh", **options) for _ in range(self.n_layers - 1)
        ] + [ConvNorm1D(n_mels, activation=None, **options)]
        shape = input_shape
        for convolution in self.convolutions:
            convolution.build(shape)
            shape = convolution.compute_output_shape(shape)

    def call(self, mel, mask=None, training=None):
        for convolution in self.convolutions:
            mel = convolution(mel, mask=mask, training=training)
        return mel

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "n_layers": self.n_layers,
            "dropout": self.dropout,
        }

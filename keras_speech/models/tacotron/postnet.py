"""Tacotron's post-processing nets: mel frames to linear spectrograms."""

import keras
from keras import ops

from keras_speech.layers.cbhg import CBHG
from keras_speech.layers.zoneout_lstm import ZoneoutLSTM


@keras.saving.register_keras_serializable("keras_speech")
class TacotronPostnet(keras.layers.Layer):
    """A CBHG that sees the whole mel spectrogram, and a projection to all frequencies.

    Args:
        n_freqs: frequencies of the linear spectrogram.
        bank_size, units, projection_channels, highway_layers: of the `CBHG`; all its parts but the
            first projection are `units` wide. Default to 8, 128, 256 and 4.

    Call arguments:
        mel: float tensor `(batch, frames, n_mels)`.
        mask: bool tensor `(batch, frames)`, True where the frame is real. Defaults to None.
        training: whether statistics are updated.

    Returns: float tensor `(batch, frames, n_freqs)`.

    Reference: [Wang et al., 2017](https://arxiv.org/abs/1703.10135), section 3.4 and table 1.
    """

    def __init__(
        self,
        n_freqs,
        bank_size=8,
        units=128,
        projection_channels=256,
        highway_layers=4,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.n_freqs, self.bank_size, self.units = n_freqs, bank_size, units
        self.projection_channels, self.highway_layers = projection_channels, highway_layers
        self.supports_masking = True
        policy = self.dtype_policy
        self.cbhg = CBHG(
            bank_size, units, projection_channels, highway_layers, units, units, dtype=policy
        )
        self.dense = keras.layers.Dense(n_freqs, dtype=policy)

    def build(self, mel_shape):
        self.cbhg.build(mel_shape)
        self.dense.build(self.cbhg.compute_output_shape(mel_shape))

    def call(self, mel, mask=None, training=None):
        return self.dense(self.cbhg(mel, mask=mask, training=training))

    def get_config(self):
        return {
            **super().get_config(),
            "n_freqs": self.n_freqs,
            "bank_size": self.bank_size,
            "units": self.units,
            "projection_channels": self.projection_channels,
            "highway_layers": self.highway_layers,
        }


@keras.saving.register_keras_serializable("keras_speech")
class TacotronLSTMPostnet(keras.layers.Layer):
    """A bidirectional LSTM over the mel spectrogram, and a projection to all frequencies.

    Args:
        n_freqs: frequencies of the linear spectrogram.
        units: size of the LSTM of each direction. Defaults to 128.

    Call arguments:
        mel: float tensor `(batch, frames, n_mels)`.
        mask: bool tensor `(batch, frames)`, True where the frame is real. Defaults to None.
        training: changes nothing. Defaults to None.

    Returns: float tensor `(batch, frames, n_freqs)`.
    """

    def __init__(self, n_freqs, units=128, **kwargs):
        super().__init__(**kwargs)
        self.n_freqs, self.units = n_freqs, units
        self.supports_masking = True
        policy = self.dtype_policy
        self.forward_lstm = ZoneoutLSTM(units, dtype=policy)
        self.backward_lstm = ZoneoutLSTM(units, dtype=policy)
        self.dense = keras.layers.Dense(n_freqs, dtype=policy)

    def build(self, mel_shape):
        for lstm in (self.forward_lstm, self.backward_lstm):
            lstm.build(mel_shape)
        self.dense.build((*mel_shape[:-1], 2 * self.units))

    def call(self, mel, mask=None, training=None):
        both = [self.forward_lstm(mel), self.backward_lstm(mel, mask=mask, reverse=True)]
        return self.dense(ops.concatenate(both, axis=-1))

    def get_config(self):
        return {**super().get_config(), "n_freqs": self.n_freqs, "units": self.units}

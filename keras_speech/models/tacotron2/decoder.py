"""Tacotron 2's decoder: the next frames from the last one and an attended memory."""

import keras
from keras import ops

from keras_speech.layers import attention as attentions
from keras_speech.layers.attention_lstm import AttentionLSTM
from keras_speech.layers.attention_rnn import AttentionRNN
from keras_speech.layers.prenet import Prenet
from keras_speech.layers.zoneout_lstm import ZoneoutLSTM


@keras.saving.register_keras_serializable("keras_speech")
class Tacotron2Decoder(keras.layers.Layer):
    """Prenet, attention LSTM, decoder LSTM, and projections to frames and stop logits.

    With known frames, only prenet-attention-LSTM runs in the attention's loop: the decoder LSTM
    feeds nothing back into it and follows as a plain sequence.

    Args:
        n_mels: bands of a frame. Defaults to 80.
        reduction: frames per step. Defaults to 1.
        prenet_units, prenet_dropout: see `Prenet`. Default to `(256, 256)` and 0.5.
        attention_lstm_units, decoder_lstm_units: sizes of the LSTMs. Default to 1024.
        zoneout: of both LSTMs. Defaults to 0.1.
        attention_units, attention_filters, attention_kernel_size: see
            `LocationSensitiveAttention`. Default to 128, 32 and 31. The first is also the width of
            another attention that is given by its name.
        attention: attention layer, its name, or its config; see `layers.attention.get`. Defaults to
            `"location_sensitive"`, whose loop has a gradient of its own.

    Call arguments:
        frames: float tensor `(batch, steps, n_mels)`, the last frame before each step.
        values: float tensor `(batch, tokens, channels)`, the memory.
        values_mask: bool tensor `(batch, tokens)`, True where a token is real. Defaults to None.
        noise: see `Prenet`. Defaults to None.
        training: whether zoneout is random.

    Returns: `(mel, stop_logits, alignment)`: `(batch, steps * reduction, n_mels)`,
    `(batch, steps)`, `(batch, steps, tokens)`.

    Reference: [Shen et al., 2018](https://arxiv.org/abs/1712.05884), section 2.2, in the widespread
    layout in which both LSTMs and both projections read the step's own context; several frames per
    step: [Wang et al., 2017](https://arxiv.org/abs/1703.10135), section 3.3.
    """

    def __init__(
        self,
        n_mels=80,
        reduction=1,
        prenet_units=(256, 256),
        prenet_dropout=0.5,
        attention_lstm_units=1024,
        decoder_lstm_units=1024,
        zoneout=0.1,
        attention_units=128,
        attention_filters=32,
        attention_kernel_size=31,
        attention="location_sensitive",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.n_mels, self.reduction = n_mels, reduction
        self.prenet_units, self.prenet_dropout = tuple(prenet_units), prenet_dropout
        self.attention_lstm_units = attention_lstm_units
        self.decoder_lstm_units = decoder_lstm_units
        self.zoneout, self.attention_units = zoneout, attention_units
        self.attention_filters = attention_filters
        self.attention_kernel_size = attention_kernel_size
        self.supports_masking = True
        policy = self.dtype_policy
        self.prenet = Prenet(prenet_units, prenet_dropout, dtype=policy)
        self.attention = attentions.identified(attention)
        self.attention_lstm = self._attention_loop(attention)
        self.decoder_lstm = ZoneoutLSTM(decoder_lstm_units, zoneout=zoneout, dtype=policy)
        self.mel_dense = keras.layers.Dense(n_mels * reduction, dtype=policy)
        self.stop_dense = keras.layers.Dense(1, dtype=policy)

    def _attention_loop(self, attention):
        units, zoneout, policy = self.attention_lstm_units, self.zoneout, self.dtype_policy
        compared = self.attention_units, self.attention_filters, self.attention_kernel_size
        if attention != "location_sensitive":
            layer = attentions.get(attention, units=self.attention_units, dtype=policy)
            if type(layer) is not attentions.LocationSensitiveAttention:
                return AttentionRNN(
                    ZoneoutLSTM(units, zoneout=zoneout, dtype=policy), layer, dtype=policy
                )
            compared = layer.units, layer.filters, layer.kernel_size
        return AttentionLSTM(units, *compared, zoneout=zoneout, dtype=policy)

    def build(self, frames_shape, values_shape):
        batch, steps, _ = frames_shape
        self.prenet.build(frames_shape)
        self.attention_lstm.build((batch, steps, self.prenet_units[-1]), values_shape)
        seen = self.attention_lstm_units + values_shape[-1]
        self.decoder_lstm.build((batch, steps, seen))
        said = self.decoder_lstm_units + values_shape[-1]
        self.mel_dense.build((batch, steps, said))
        self.stop_dense.build((batch, steps, said))

    def call(self, frames, values, values_mask=None, noise=None, training=None):
        inputs = self.prenet(frames, noise=noise)
        queries, contexts, alignment = self.attention_lstm(
            inputs, values, values_mask=values_mask, training=training
        )
        seen = ops.concatenate([queries, contexts], axis=-1)
        outputs = self.decoder_lstm(seen, training=training)
        said = ops.concatenate([outputs, contexts], axis=-1)
        batch, steps, _ = ops.shape(said)
        mel = ops.reshape(self.mel_dense(said), (batch, steps * self.reduction, self.n_mels))
        return mel, self.stop_dense(said)[:, :, 0], alignment

    def prepare(self, values, mask=None):
        """What stays the same over the steps; the `memory` of `initial_state` and `step`."""
        return self.attention_lstm.prepare(values, mask)

    def initial_state(self, memory):
        """The state before the first step."""
        state = self.attention_lstm.initial_state(memory)
        _, context, _ = state
        return state, self.decoder_lstm.initial_state(ops.shape(context)[0])

    def step(self, frame, memory, state, noise=None):
        """One step in inference.

        Args:
            frame: `(batch, n_mels)`, the last frame before the step.
            memory: see `prepare`.
            state: see `initial_state`.
            noise: see `Prenet`; `(..., sum(prenet_units))`. Defaults to fresh numbers.

        Returns: `((mel, stop_logits, weights), state)`: `(batch, reduction, n_mels)`, `(batch,)`,
        `(batch, tokens)`.
        """
        attention_state, lstm_state = state
        inputs = self.prenet(frame, noise=noise)
        (query, context, weights), attention_state = self.attention_lstm.step(
            inputs, memory, attention_state
        )
        output, lstm_state = self.decoder_lstm.step(
            ops.concatenate([query, context], axis=-1), lstm_state
        )
        said = ops.concatenate([output, context], axis=-1)
        mel = ops.reshape(self.mel_dense(said), (-1, self.reduction, self.n_mels))
        return (mel, self.stop_dense(said)[:, 0], weights), (attention_state, lstm_state)

    def get_config(self):
        return {
            **super().get_config(),
            "n_mels": self.n_mels,
            "reduction": self.reduction,
            "prenet_units": self.prenet_units,
            "prenet_dropout": self.prenet_dropout,
            "attention_lstm_units": self.attention_lstm_units,
            "decoder_lstm_units": self.decoder_lstm_units,
            "zoneout": self.zoneout,
            "attention_units": self.attention_units,
            "attention_filters": self.attention_filters,
            "attention_kernel_size": self.attention_kernel_size,
            "attention": self.attention,
        }

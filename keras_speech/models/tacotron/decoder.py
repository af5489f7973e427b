"""Tacotron's decoder: the next frames from the last one and an attended memory."""

import keras
from keras import ops

from keras_speech.layers.attention import registry
from keras_speech.layers.attention_rnn import AttentionRNN
from keras_speech.layers.gru import GRU
from keras_speech.layers.prenet import Prenet
from keras_speech.layers.zoneout_lstm import ZoneoutLSTM

CELLS = {"gru": GRU, "lstm": ZoneoutLSTM}

# Logit of a stop token that never comes.
NEVER = -1e9


@keras.saving.register_keras_serializable("keras_speech")
class TacotronDecoder(keras.layers.Layer):
    """Prenet, a recurrent cell with attention, residual recurrent layers, projections.

    With known frames, only the cell with attention runs in the attention's loop: the layers above
    feed nothing back into it and follow as plain sequences.

    Args:
        n_mels: bands of a frame. Defaults to 80.
        reduction: frames per step. Defaults to 2.
        prenet_units, prenet_dropout: see `Prenet`. Default to `(256, 128)` and 0.5.
        cell: `"gru"` (default) or `"lstm"`, of all recurrent layers.
        attention_rnn_units: size of the cell with attention. Defaults to 256.
        attention: name, config or layer, see `layers.attention.get`. Defaults to `"bahdanau"`.
        attention_units: width in which an attention given by name compares. Defaults to 256.
        decoder_units, decoder_layers: size and number of the residual layers. Default to 256
            and 2.
        stop_token: whether each step says if it is the last. Defaults to True.

    Call arguments:
        frames: float tensor `(batch, steps, n_mels)`, the last frame before each step.
        values: float tensor `(batch, tokens, channels)`, the memory.
        values_mask: bool tensor `(batch, tokens)`, True where a token is real. Defaults to None.
        noise: see `Prenet`. Defaults to None.
        training: whether the attention's noise, if it has any, is drawn.

    Returns: `(mel, stop_logits, alignment)`: `(batch, steps * reduction, n_mels)`,
    `(batch, steps)`, `(batch, steps, tokens)`.

    Raises:
        ValueError: if `cell` or `attention` is unknown.

    Reference: [Wang et al., 2017](https://arxiv.org/abs/1703.10135), section 3.3; cell output and
    context are projected to the residual layers' width, as in the widespread implementations.
    """

    def __init__(
        self,
        n_mels=80,
        reduction=2,
        prenet_units=(256, 128),
        prenet_dropout=0.5,
        cell="gru",
        attention_rnn_units=256,
        attention="bahdanau",
        attention_units=256,
        decoder_units=256,
        decoder_layers=2,
        stop_token=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if cell not in CELLS:
            raise ValueError(f"`cell` must be one of {', '.join(CELLS)}. Received: cell={cell!r}")
        self.n_mels, self.reduction = n_mels, reduction
        self.prenet_units, self.prenet_dropout = tuple(prenet_units), prenet_dropout
        self.cell, self.attention_rnn_units = cell, attention_rnn_units
        self.attention_units, self.stop_token = attention_units, stop_token
        self.decoder_units, self.decoder_layers = decoder_units, decoder_layers
        self.supports_masking = True
        policy = self.dtype_policy
        self.prenet = Prenet(prenet_units, prenet_dropout, dtype=policy)
        mechanism = registry.get(attention, units=attention_units, dtype=policy)
        self.attention = registry.identified(attention)
        self.attention_rnn = AttentionRNN(
            CELLS[cell](attention_rnn_units, dtype=policy), mechanism, dtype=policy
        )
        self.input_dense = keras.layers.Dense(decoder_units, dtype=policy)
        self.rnns = [CELLS[cell](decoder_units, dtype=policy) for _ in range(decoder_layers)]
        self.mel_dense = keras.layers.Dense(n_mels * reduction, dtype=policy)
        if stop_token:
            self.stop_dense = keras.layers.Dense(1, dtype=policy)

    def build(self, frames_shape, values_shape):
        lead = tuple(frames_shape[:-1])
        self.prenet.build(frames_shape)
        self.attention_rnn.build((*lead, self.prenet_units[-1]), values_shape)
        self.input_dense.build((*lead, self.attention_rnn_units + values_shape[-1]))
        for layer in (*self.rnns, self.mel_dense):
            layer.build((*lead, self.decoder_units))
        if self.stop_token:
            self.stop_dense.build((*lead, self.decoder_units))

    def call(self, frames, values, values_mask=None, noise=None, training=None):
        inputs = self.prenet(frames, noise=noise)
        queries, contexts, alignment = self.attention_rnn(
            inputs, values, values_mask=values_mask, training=training
        )
        x = self.input_dense(ops.concatenate([queries, contexts], axis=-1))
        for layer in self.rnns:
            x = x + layer(x, training=training)
        batch, steps, _ = ops.shape(x)
        mel = ops.reshape(self.mel_dense(x), (batch, steps * self.reduction, self.n_mels))
        return mel, self._stop_logits(x), alignment

    def _stop_logits(self, x):
        if not self.stop_token:
            return ops.full(ops.shape(x)[:-1], NEVER, dtype="float32")
        return self.stop_dense(x)[..., 0]

    def prepare(self, values, mask=None):
        """What stays the same over the steps; the `memory` of `initial_state` and `step`."""
        return self.attention_rnn.prepare(values, mask)

    def initial_state(self, memory):
        """The state before the first step."""
        batch = ops.shape(memory[0])[0]
        states = tuple(layer.initial_state(batch) for layer in self.rnns)
        return self.attention_rnn.initial_state(memory), states

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
        attention_state, states = state
        inputs = self.prenet(frame, noise=noise)
        (query, context, weights), attention_state = self.attention_rnn.step(
            inputs, memory, attention_state
        )
        x = self.input_dense(ops.concatenate([query, context], axis=-1))
        new_states = []
        for layer, layer_state in zip(self.rnns, states, strict=True):
            output, layer_state = layer.step(x, layer_state)
            new_states.append(layer_state)
            x = x + output
        mel = ops.reshape(self.mel_dense(x), (-1, self.reduction, self.n_mels))
        return (mel, self._stop_logits(x), weights), (attention_state, tuple(new_states))

    def get_config(self):
        return {
            **super().get_config(),
            "n_mels": self.n_mels,
            "reduction": self.reduction,
            "prenet_units": self.prenet_units,
            "prenet_dropout": self.prenet_dropout,
            "cell": self.cell,
            "attention_rnn_units": self.attention_rnn_units,
            "attention": self.attention,
            "attention_units": self.attention_units,
            "decoder_units": self.decoder_units,
            "decoder_layers": self.decoder_layers,
            "stop_token": self.stop_token,
        }

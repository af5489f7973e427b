"""FastSpeech 2's variance adaptor: length, pitch and energy of each token."""

import keras
from keras import ops

from keras_speech.layers.duration_predictor import DurationPredictor
from keras_speech.layers.variance_predictor import VariancePredictor

# Wide enough for a contour over neighbouring sounds.
_EMBEDDING_KERNEL = 3


class VarianceAdaptor(keras.layers.Layer):
    """Predicts what the text leaves open, and tells the decoder what was chosen.

    Args:
        channels: width of the tokens.
        pitch, energy: whether each is modeled.
        filters, kernel_size, n_layers, dropout: see `VariancePredictor`.
        duration_recurrent_units: `recurrent_units` of the `DurationPredictor`.

    Call arguments:
        tokens: float tensor `(batch, tokens, channels)`, the encoder's output.
        mask: bool tensor `(batch, tokens)`.
        pitch, energy: `(batch, tokens)`, normalized, what the decoder is told; None for what is
            predicted. Default to None.
        changes: dict from `"pitch"` and `"energy"` to what is done to the predicted values before
            they are told: a factor, and numbers `(batch, tokens)` to add. Defaults to none.
        training: whether dropout acts.

    Returns: `(outputs, predicted, told)`: the tokens with pitch and energy, `(batch, tokens,
    channels)`; a dict of `"log_duration"`, `"pitch"` and `"energy"` `(batch, tokens)`, as
    predicted; and one of what the decoder was told of the last two.
    """

    def __init__(
        self, channels, pitch, energy, filters, kernel_size, n_layers, dropout,
        duration_recurrent_units, **kwargs,
    ):  # fmt: skip
        # Pitch, energy and what changes them stay float32 under any policy.
        super().__init__(autocast=False, **kwargs)
        self.channels = channels
        self.supports_masking = True
        policy = self.dtype_policy
        options = (filters, kernel_size, n_layers, dropout)
        self.duration_predictor = DurationPredictor(
            *options, duration_recurrent_units, dtype=policy
        )
        self.predictors, self.embeddings = {}, {}
        for name, modeled in (("pitch", pitch), ("energy", energy)):
            if modeled:
                self.predictors[name] = VariancePredictor(*options, dtype=policy)
                self.embeddings[name] = keras.layers.Conv1D(
                    channels, _EMBEDDING_KERNEL, padding="same", dtype=policy
                )

    def build(self, input_shape):
        self.duration_predictor.build(input_shape)
        for name, predictor in self.predictors.items():
            predictor.build(input_shape)
            self.embeddings[name].build((*input_shape[:-1], 1))

    def call(self, tokens, mask, pitch=None, energy=None, changes=None, training=None):
        predicted = {"log_duration": self.duration_predictor(tokens, mask=mask, training=training)}
        given, told = {"pitch": pitch, "energy": energy}, {}
        x = tokens
        for name, predictor in self.predictors.items():
            predicted[name] = predictor(x, mask=mask, training=training)
            value = given[name]
            if value is None:
                factor, shift = (changes or {}).get(name, (1.0, 0.0))
                value = predicted[name] * factor + shift
            told[name] = ops.where(mask, value, 0.0)
            x = x + self.embeddings[name](ops.cast(told[name], x.dtype)[:, :, None])
        return x, predicted, told

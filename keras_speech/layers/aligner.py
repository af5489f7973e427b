"""Which token is heard when: learned from recordings and texts alone."""

import keras
from keras import ops

from keras_speech.ops import alignment, masking


@keras.saving.register_keras_serializable("keras_speech")
class Aligner(keras.layers.Layer):
    """Compares every frame with every token.

    Text and mel are each brought into one space by a few convolutions; the nearer they are, the
    likelier a frame belongs to a token. Near the diagonal is likelier from the start, by a
    beta-binomial prior. With `ops.alignment.forward_sum` it learns, with `ops.alignment.viterbi`
    it gives durations.

    Args:
        channels: width of the common space. Defaults to 80.
        text_filters: width of the text's first convolution. Defaults to 512.
        mel_filters: width of the mel's first convolution. Defaults to 160.
        temperature: by which squared distances are multiplied. Defaults to 0.0005.
        prior_concentration: of `ops.alignment.beta_binomial_prior`; 0 for no prior. Defaults to 1.

    Call arguments:
        text: float tensor `(batch, tokens, text_channels)`.
        mel: float tensor `(batch, frames, n_mels)`.
        token_lengths, mel_lengths: int `(batch,)`.

    Returns: float32 `(batch, frames, tokens)`: log-probabilities of the tokens at each frame, whose
    exponentials sum to 1; -1e9 on padded tokens.

    Example:
    >>> import numpy as np
    >>> text, mel = np.zeros((1, 4, 8)), np.zeros((1, 9, 80))
    >>> log_probs = Aligner()(text, mel, np.array([4]), np.array([9]))
    >>> tuple(log_probs.shape)
    (1, 9, 4)

    Reference: [Badlani et al., 2021](https://arxiv.org/abs/2108.10447), section 3.1. The posterior,
    prior included, is normalized, so that the forward sum is a probability of paths.
    """

    def __init__(
        self,
        channels=80,
        text_filters=512,
        mel_filters=160,
        temperature=0.0005,
        prior_concentration=1.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not temperature > 0:
            raise ValueError(
                f"`temperature` must be greater than 0. Received: temperature={temperature}"
            )
        if not prior_concentration >= 0:
            raise ValueError(
                "`prior_concentration` must not be negative. "
                f"Received: prior_concentration={prior_concentration}"
            )
        self.channels, self.temperature = channels, temperature
        self.text_filters, self.mel_filters = text_filters, mel_filters
        self.prior_concentration = prior_concentration
        self.supports_masking = True
        self.text_layers = self._convolutions((text_filters, 3), (channels, 1))
        self.mel_layers = self._convolutions((mel_filters, 3), (channels, 1), (channels, 1))

    def _convolutions(self, *sizes):
        return [
            keras.layers.Conv1D(
                filters,
                kernel_size,
                padding="same",
                activation="relu" if i < len(sizes) - 1 else None,
                dtype=self.dtype_policy,
            )
            for i, (filters, kernel_size) in enumerate(sizes)
        ]

    def build(self, text_shape, mel_shape, *lengths_shapes, **named_shapes):
        for layers, shape in ((self.text_layers, text_shape), (self.mel_layers, mel_shape)):
            for layer in layers:
                layer.build(shape)
                shape = (*shape[:-1], layer.filters)

    def call(self, text, mel, token_lengths, mel_lengths):
        n_tokens, n_frames = ops.shape(text)[1], ops.shape(mel)[1]
        keys = _run(self.text_layers, text, masking.sequence_mask(token_lengths, n_tokens))
        queries = _run(self.mel_layers, mel, masking.sequence_mask(mel_lengths, n_frames))
        distances = (
            ops.sum(ops.square(queries), axis=-1)[:, :, None]
            - 2.0 * ops.matmul(queries, ops.transpose(keys, (0, 2, 1)))
            + ops.sum(ops.square(keys), axis=-1)[:, None, :]
        )
        token_mask = masking.sequence_mask(token_lengths, n_tokens)[:, None, :]
        log_probs = _log_softmax(-self.temperature * distances, token_mask)
        if self.prior_concentration:
            prior = alignment.beta_binomial_prior(
                token_lengths, mel_lengths, n_tokens, n_frames, self.prior_concentration
            )
            log_probs = _log_softmax(log_probs + prior, token_mask)
        return log_probs

    def compute_output_shape(self, text_shape, mel_shape, *lengths_shapes):
        return (text_shape[0], mel_shape[1], text_shape[1])

    def get_config(self):
        return {
            **super().get_config(),
            "channels": self.channels,
            "text_filters": self.text_filters,
            "mel_filters": self.mel_filters,
            "temperature": self.temperature,
            "prior_concentration": self.prior_concentration,
        }


def _run(layers, x, mask):
    """The layers one after another; padding is as the outside of the row is. Float32."""
    for layer in layers:
        x = layer(x * ops.cast(mask, x.dtype)[:, :, None])
    return ops.cast(x, "float32")


def _log_softmax(x, mask):
    x = ops.where(mask, x, alignment.IMPOSSIBLE)
    return ops.where(mask, ops.log_softmax(x, axis=-1), alignment.IMPOSSIBLE)

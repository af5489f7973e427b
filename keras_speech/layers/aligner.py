"""Which token is heard when: learned from recordings and texts alone."""

import keras
from keras import ops

from keras_speech.layers import argument_checks
from keras_speech.ops import alignment, masking


@keras.saving.register_keras_serializable("keras_speech")
class Aligner(keras.layers.Layer):
    """Predicts the sound of each token from its neighborhood and compares every frame with it.

    A token is a few states that follow one another, such as the closure of a stop and its burst.
    What is compared is a frame's mel and its slope in time, which tells borders. The nearer they
    are to what a state should sound like, the likelier the frame belongs to it; near the diagonal
    is likelier from the start, by a beta-binomial prior. From `log_likelihood` the layer learns,
    `durations` are those of the best path.

    Args:
        vocabulary_size: number of symbols, padding included.
        n_mels: bands of a frame. Defaults to 80.
        filters: width of the embedding and of the convolution. Defaults to 256.
        states_per_token: states of each token, each at least a frame long. Defaults to 2.
        kernel_size: tokens that the sound of one depends on. Defaults to 3.
        context_warmup: calls in training after which a token's neighbors begin to matter; after
            as many again they matter fully. A token that knew its neighbors from the start could
            as well stand for the end of one and the beginning of the next, and all borders would be
            found late, or early. 0 for neighbors from the start. Defaults to 200.
        sharpness: by which log-likelihoods are multiplied: neighboring bands and frames say much
            the same, and paths weighed by all of them could not change their course. Defaults to
            0.4.
        prior_concentration: of `ops.alignment.beta_binomial_prior`; 0 for no prior. Defaults to 1.

    Call arguments:
        tokens: int tensor `(batch, tokens)`.
        mel: float tensor `(batch, frames, n_mels)`, scaled to a spread of about 1.
        token_lengths, mel_lengths: int `(batch,)`.
        training: whether the call counts for `context_warmup`.

    Returns: float32 `(batch, frames, tokens * states_per_token)`: log of each frame's likelihood at
    each state and of the prior; -1e9 on padding.

    Raises:
        ValueError: if a number is out of range.

    Example:
    >>> import numpy as np
    >>> tokens, mel = np.array([[3, 1, 4, 2]]), np.zeros((1, 9, 80))
    >>> aligner, lengths = Aligner(vocabulary_size=5), (np.array([4]), np.array([9]))
    >>> log_probs = aligner(tokens, mel, *lengths)
    >>> tuple(log_probs.shape), int(np.sum(aligner.durations(log_probs, *lengths)))
    ((1, 9, 8), 9)

    Reference: forward sum and prior are those of
    [Badlani et al., 2021](https://arxiv.org/abs/2108.10447), the Gaussian likelihood that of
    [Kim et al., 2020](https://arxiv.org/abs/2005.11129), section 3.1, with a fixed variance.
    Deviation: there the mel is transformed too, and the tokens compete for each frame; on an hour
    of speech a few symbols then won nearly all frames. A likelihood of fixed features cannot
    do that.
    """

    def __init__(
        self,
        vocabulary_size,
        n_mels=80,
        filters=256,
        states_per_token=2,
        kernel_size=3,
        context_warmup=200,
        sharpness=0.4,
        prior_concentration=1.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        argument_checks.check_whole(
            vocabulary_size=vocabulary_size, n_mels=n_mels, filters=filters,
            states_per_token=states_per_token, kernel_size=kernel_size,
        )  # fmt: skip
        argument_checks.check_whole(least=0, context_warmup=context_warmup)
        argument_checks.check_positive(sharpness=sharpness)
        if not prior_concentration >= 0:
            raise ValueError(
                "`prior_concentration` must not be negative. "
                f"Received: prior_concentration={prior_concentration}"
            )
        self.vocabulary_size, self.n_mels = vocabulary_size, n_mels
        self.filters, self.kernel_size = filters, kernel_size
        self.states_per_token = states_per_token
        self.context_warmup = context_warmup
        self.sharpness, self.prior_concentration = sharpness, prior_concentration
        self.supports_masking = True
        policy = self.dtype_policy
        self.embedding = keras.layers.Embedding(vocabulary_size, filters, dtype=policy)
        self.own_dense = keras.layers.Dense(filters, dtype=policy)
        self.context_conv = keras.layers.Conv1D(
            filters, kernel_size, padding="same", use_bias=False, dtype=policy
        )
        self.dense = keras.layers.Dense(states_per_token * 2 * n_mels, dtype=policy)

    def build(self, tokens_shape, *other_shapes, **named_shapes):
        shape = (*tokens_shape, self.filters)
        self.embedding.build(tokens_shape)
        self.own_dense.build(shape)
        self.context_conv.build(shape)
        self.dense.build(shape)
        self.n_calls = self.add_weight(
            shape=(), initializer="zeros", dtype="float32", trainable=False, name="n_calls"
        )

    def call(self, tokens, mel, token_lengths, mel_lengths, training=None):
        n_states = ops.shape(tokens)[1] * self.states_per_token
        state_lengths = token_lengths * self.states_per_token
        expected = self._expected(tokens, token_lengths, training)
        expected = ops.reshape(expected, (ops.shape(tokens)[0], n_states, 2 * self.n_mels))
        heard = _with_slope(ops.cast(mel, "float32"), mel_lengths)
        # |heard - expected|^2, by one product rather than all differences.
        distances = (
            ops.sum(ops.square(heard), axis=-1)[:, :, None]
            - 2.0 * ops.matmul(heard, ops.transpose(expected, (0, 2, 1)))
            + ops.sum(ops.square(expected), axis=-1)[:, None, :]
        )
        log_probs = -0.5 * self.sharpness * distances
        if self.prior_concentration:
            log_probs = log_probs + alignment.beta_binomial_prior(
                state_lengths, mel_lengths, n_states, ops.shape(mel)[1], self.prior_concentration
            )
        mask = masking.sequence_mask(state_lengths, n_states)
        return ops.where(mask[:, None, :], log_probs, alignment.IMPOSSIBLE)

    def log_likelihood(self, log_probs, token_lengths, mel_lengths):
        """Log of the summed probability of all paths, float32 `(batch,)`: what training raises.

        Args:
            log_probs: what the layer gave.
            token_lengths, mel_lengths: as they were given to it.

        Returns: about -1e9 in a row with fewer frames than states.
        """
        state_lengths = token_lengths * self.states_per_token
        return alignment.forward_sum(log_probs, state_lengths, mel_lengths)

    def durations(self, log_probs, token_lengths, mel_lengths):
        """Frames of each token on the most probable path, int32 `(batch, tokens)`.

        Arguments are those of `log_likelihood`.
        """
        state_lengths = token_lengths * self.states_per_token
        frames = alignment.viterbi(log_probs, state_lengths, mel_lengths)
        batch, n_states = ops.shape(frames)
        shape = (batch, n_states // self.states_per_token, self.states_per_token)
        return ops.sum(ops.reshape(frames, shape), axis=-1)

    def _expected(self, tokens, token_lengths, training):
        """Mel and slope of each token's states: float32 `(batch, tokens, states * 2 * n_mels)`."""
        mask = masking.sequence_mask(token_lengths, ops.shape(tokens)[1])
        share = 1.0
        if self.context_warmup:
            share = ops.clip(self.n_calls / self.context_warmup - 1.0, 0.0, 1.0)
            if training:
                self.n_calls.assign_add(1.0)
        text = self.embedding(tokens)
        text = text * ops.cast(mask, text.dtype)[:, :, None]
        context = self.context_conv(text) * ops.cast(share, text.dtype)
        return ops.cast(self.dense(ops.relu(self.own_dense(text) + context)), "float32")

    def compute_output_shape(self, tokens_shape, mel_shape, *lengths_shapes):
        n_tokens = tokens_shape[1]
        n_states = None if n_tokens is None else n_tokens * self.states_per_token
        return (tokens_shape[0], mel_shape[1], n_states)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "n_mels": self.n_mels,
            "filters": self.filters,
            "states_per_token": self.states_per_token,
            "kernel_size": self.kernel_size,
            "context_warmup": self.context_warmup,
            "sharpness": self.sharpness,
            "prior_concentration": self.prior_concentration,
        }


def _with_slope(mel, lengths):
    """`mel` and, beside it, the difference of the next and the previous frame."""
    later = ops.concatenate([mel[:, 1:], mel[:, -1:]], axis=1)
    has_next = masking.sequence_mask(lengths - 1, ops.shape(mel)[1])
    later = ops.where(has_next[:, :, None], later, mel)
    earlier = ops.concatenate([mel[:, :1], mel[:, :-1]], axis=1)
    return ops.concatenate([mel, later - earlier], axis=-1)

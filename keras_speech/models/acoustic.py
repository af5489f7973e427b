"""`AcousticModel`: what every model from text to mel spectrogram shares."""

import keras
import numpy as np
from keras import ops

from keras_speech.models import checks
from keras_speech.models.compiled import compiled
from keras_speech.ops import masking, replicas


class AcousticModel(keras.Model):
    """Base of the models that turn tokens into log-mel frames.

    It owns the vocabulary, the speakers and the scale of the mels, checks what `generate` is given
    and keeps what was compiled. A subclass builds its layers and has

    - `call(inputs, training=None)` on the dicts of `data.acoustic_batches`, which returns a dict;
    - `objective(inputs, outputs)`, the loss, with each part as a metric;
    - `generate(tokens, token_lengths=None, speaker=None, ..., seed=0)`, which returns a dict of
      `"mel"` `(batch, frames, n_mels)` in nats, `"lengths"` `(batch,)` in frames, and
      `"alignment"` `(batch, frames, tokens)`.

    Args:
        vocabulary_size: number of symbols, padding (id 0) included.
        n_mels: bands of a frame. Defaults to 80.
        n_speakers: number of speakers, or 0 for a single one without an embedding. Defaults to 0.
        speaker_channels: width of the speaker embedding. Defaults to 64.
        mel_mean, mel_scale: level and spread of the log-mels, in nats: the networks see
            `(mel - mel_mean) / mel_scale`. Default to 0 and 1.

    Raises:
        ValueError: if a number is out of range.
    """

    def __init__(
        self,
        vocabulary_size,
        n_mels=80,
        n_speakers=0,
        speaker_channels=64,
        mel_mean=0.0,
        mel_scale=1.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        checks.check_positive(vocabulary_size=vocabulary_size, n_mels=n_mels, mel_scale=mel_scale)
        checks.check_whole(least=0, n_speakers=n_speakers)
        self.vocabulary_size, self.n_mels = vocabulary_size, n_mels
        self.n_speakers, self.speaker_channels = n_speakers, speaker_channels
        self.mel_mean, self.mel_scale = mel_mean, mel_scale
        if n_speakers:
            checks.check_positive(speaker_channels=speaker_channels)
            self.speaker_embedding = keras.layers.Embedding(
                n_speakers, speaker_channels, dtype=self.dtype_policy
            )
        self.seed_generator = keras.random.SeedGenerator()
        self._compiled = {}

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True, **kwargs
    ):
        return replicas.share_of_loss(self.objective(x, y_pred))

    def token_mask(self, tokens, token_lengths):
        """bool `(batch, tokens)`, True where a token is real."""
        return masking.sequence_mask(token_lengths, ops.shape(tokens)[1])

    def with_speaker(self, values, speaker):
        """`values` `(batch, n, channels)` with the speaker's embedding appended to each step.

        A model of one speaker leaves a batch's `"speaker"` aside: any corpus may name its own.

        Raises:
            ValueError: if the model has several speakers and none, or an unknown one, is given.
        """
        if not self.n_speakers:
            return values
        checks.check_batch_speaker(speaker, self.n_speakers)
        embedded = ops.cast(self.speaker_embedding(speaker), values.dtype)[:, None, :]
        shape = (*ops.shape(values)[:2], self.speaker_channels)
        return ops.concatenate([values, ops.broadcast_to(embedded, shape)], axis=-1)

    def checked(self, tokens, token_lengths, speaker):
        """Arrays of `generate`'s first arguments: `(tokens, token_lengths)`, and `speaker` if any.

        Raises:
            ValueError: if one has the wrong shape or is out of range, if the model has several
                speakers and none is named, or one and one is named.
        """
        tokens, token_lengths = checks.check_tokens(tokens, token_lengths, self.vocabulary_size)
        if self.n_speakers:
            return [
                tokens,
                token_lengths,
                checks.check_speaker(speaker, len(tokens), self.n_speakers),
            ]
        if speaker is not None:
            raise ValueError(
                f"`speaker` must be None for a model of one speaker. Received: speaker={speaker}"
            )
        return [tokens, token_lengths]

    def run_compiled(self, name, function, *arrays, jit=False):
        """`function(*arrays)`, compiled for the backend once and kept under `name`.

        With `jit` TensorFlow compiles by XLA, see `compiled`.
        """
        key = name, jit
        if key not in self._compiled:
            self._compiled[key] = compiled(self, function, jit=jit)
        return self._compiled[key](*arrays)

    def scaled(self, mel):
        """Log-mels in nats as the networks see them."""
        mel = ops.cast(mel, self.compute_dtype)
        return (mel - self.mel_mean) / self.mel_scale

    def unscaled(self, mel):
        """Log-mels in nats from what the networks say."""
        return ops.cast(mel, "float32") * self.mel_scale + self.mel_mean

    def silenced(self, mel, lengths):
        """`mel` `(batch, frames, n_mels)` whose frames after each row's end hold its silence."""
        mask = masking.sequence_mask(lengths, ops.shape(mel)[1])[:, :, None]
        return ops.where(mask, mel, ops.min(ops.where(mask, mel, np.inf)))

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "n_mels": self.n_mels,
            "n_speakers": self.n_speakers,
            "speaker_channels": self.speaker_channels,
            "mel_mean": self.mel_mean,
            "mel_scale": self.mel_scale,
        }


def frames_before(mel, reduction, n_steps):
    """The frame that each step of a decoder starts from: the last of the step before.

    Args:
        mel: `(batch, frames, n_mels)`.
        reduction: frames per step.
        n_steps: int, steps of the decoder.

    Returns: `(batch, n_steps, n_mels)`; the first step starts from zeros.

    Example:
    >>> np.asarray(frames_before(np.arange(1.0, 6.0)[None, :, None], 2, 3))[0, :, 0].tolist()
    [0.0, 2.0, 4.0]
    """
    last = mel[:, reduction - 1 :: reduction]
    return ops.concatenate([ops.zeros_like(mel[:, :1]), last], axis=1)[:, :n_steps]

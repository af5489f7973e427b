"""Tacotron 2: text to mel spectrogram, by attention."""

import functools

import keras
import numpy as np
from keras import ops

from keras_speech.layers.postnet import Postnet
from keras_speech.models import checks
from keras_speech.models.acoustic import AcousticModel, frames_before
from keras_speech.models.tacotron2.decoder import Tacotron2Decoder
from keras_speech.models.tacotron2.encoder import Tacotron2Encoder
from keras_speech.models.tacotron2.generation import CHUNK, generate_mel
from keras_speech.models.tacotron2.losses import Tacotron2Losses
from keras_speech.ops import masking


@keras.saving.register_keras_serializable("keras_speech")
class Tacotron2(AcousticModel):
    """Text to mel spectrogram: encoder, attention, LSTM decoder, postnet.

    `compile()` takes an optimizer; the losses belong to the model (see `Tacotron2Losses`), and each
    part is shown as a metric. Padding changes nothing.

    Args:
        vocabulary_size: number of symbols, padding (id 0) included.
        n_mels: bands of a frame. Defaults to 80.
        reduction: frames per decoder step. Defaults to 1.
        encoder_channels, encoder_convolutions, encoder_kernel_size, encoder_dropout: see
            `Tacotron2Encoder`. Default to 512, 3, 5 and 0.5.
        prenet_units, prenet_dropout, attention_lstm_units, decoder_lstm_units, zoneout,
            attention_units, attention_filters, attention_kernel_size: see `Tacotron2Decoder`.
            Default to `(256, 256)`, 0.5, 1024, 1024, 0.1, 128, 32 and 31.
        postnet_filters, postnet_kernel_size, postnet_layers, postnet_dropout: see `Postnet`.
            Default to 512, 5, 5 and 0.5.
        n_speakers: number of speakers, or 0 for a single one without an embedding. Defaults to 0.
        speaker_channels: width of the speaker embedding, appended to each memory step.
            Defaults to 64.
        mel_mean, mel_scale: level and spread of the log-mels, in nats: the networks see
            `(mel - mel_mean) / mel_scale`. Default to 0 and 1 (as published).
        mel_loss: `"l2"` (as published), `"l1"`, or `"l1+l2"`, on the scaled mels.
        guided_attention_weight, guided_attention_sigma: of `losses.guided_attention`. Default to 1
            and 0.4.
        attention_supervision_weight: of `losses.attention_supervision`, which acts on batches that
            hold `"durations"`. Defaults to 1.
        scheduled_sampling: share of the frames that the decoder reads in training which are not
            the recording's but its own, predicted in a first pass from the recording's. With
            little speech to learn from, a decoder that only ever reads real frames leans on them,
            and fails when it reads its own. Defaults to 0 (as published).
        end_patience: frames that `generate` lets a row attend to its last token before it stops the
            row even without a stop token; 0 for any number. Defaults to 0.
        stop_positive_weight: how much more the step to stop at counts than the steps before, in
            the stop loss. Defaults to 5.
        attention: attention layer, its name, or its config; see `layers.attention.get`. A name
            takes `attention_units` along. Defaults to `"location_sensitive"` (as published).

    Call arguments:
        inputs: dict of `"tokens"` int `(batch, tokens)`, `"token_lengths"` int `(batch,)`,
            `"mel"` float `(batch, frames, n_mels)` in nats, `"mel_lengths"` int `(batch,)`, and
            with several speakers `"speaker"` int `(batch,)`. For the losses also `"durations"` int
            `(batch, tokens)`, frames per token, if they are known (checked where batches are made,
            not here).
        training: whether dropout and zoneout act (the prenet's dropout always does).
        noise: see `Prenet`. Defaults to None.

    Returns: dict of `"mel"` and `"mel_before"` (the postnet) `(batch, frames', n_mels)`,
    `"stop_logits"` `(batch, steps)` and `"alignment"` `(batch, steps, tokens)`;
    `frames' = steps * reduction` is `frames` rounded up.

    Raises:
        ValueError: if a number is out of range.

    Example:
    >>> from keras_speech import tacotron2_configs
    >>> model = Tacotron2(vocabulary_size=40, **tacotron2_configs.SMALL)
    >>> model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0))
    >>> result = model.generate(np.array([[5, 3, 8]]), max_frames=48)
    >>> result["mel"].shape[2]
    80

    Reference: [Shen et al., 2018](https://arxiv.org/abs/1712.05884). Deviations: several frames per
    step, attention losses and scheduled sampling by option; zoneout on both LSTMs. Scheduled
    sampling in two parallel passes: [Duckworth et al., 2019](https://arxiv.org/abs/1906.04331).
    """

    def __init__(
        self,
        vocabulary_size,
        n_mels=80,
        reduction=1,
        encoder_channels=512,
        encoder_convolutions=3,
        encoder_kernel_size=5,
        encoder_dropout=0.5,
        prenet_units=(256, 256),
        prenet_dropout=0.5,
        attention_lstm_units=1024,
        decoder_lstm_units=1024,
        zoneout=0.1,
        attention_units=128,
        attention_filters=32,
        attention_kernel_size=31,
        postnet_filters=512,
        postnet_kernel_size=5,
        postnet_layers=5,
        postnet_dropout=0.5,
        n_speakers=0,
        speaker_channels=64,
        mel_mean=0.0,
        mel_scale=1.0,
        mel_loss="l2",
        guided_attention_weight=1.0,
        guided_attention_sigma=0.4,
        attention_supervision_weight=1.0,
        scheduled_sampling=0.0,
        end_patience=0,
        stop_positive_weight=5.0,
        attention="location_sensitive",
        **kwargs,
    ):
        super().__init__(
            vocabulary_size, n_mels, n_speakers, speaker_channels, mel_mean, mel_scale, **kwargs
        )
        checks.check_whole(reduction=reduction)
        checks.check_whole(least=0, end_patience=end_patience)
        checks.check_share(scheduled_sampling=scheduled_sampling)
        self.reduction = reduction
        self.scheduled_sampling, self.end_patience = scheduled_sampling, end_patience
        self.options = dict(
            encoder_channels=encoder_channels,
            encoder_convolutions=encoder_convolutions,
            encoder_kernel_size=encoder_kernel_size,
            encoder_dropout=encoder_dropout,
            prenet_units=tuple(prenet_units),
            prenet_dropout=prenet_dropout,
            attention_lstm_units=attention_lstm_units,
            decoder_lstm_units=decoder_lstm_units,
            zoneout=zoneout,
            attention_units=attention_units,
            attention_filters=attention_filters,
            attention_kernel_size=attention_kernel_size,
            postnet_filters=postnet_filters,
            postnet_kernel_size=postnet_kernel_size,
            postnet_layers=postnet_layers,
            postnet_dropout=postnet_dropout,
            mel_loss=mel_loss,
            guided_attention_weight=guided_attention_weight,
            guided_attention_sigma=guided_attention_sigma,
            attention_supervision_weight=attention_supervision_weight,
            stop_positive_weight=stop_positive_weight,
        )
        policy = self.dtype_policy
        self.encoder = Tacotron2Encoder(
            vocabulary_size, encoder_channels, encoder_convolutions, encoder_kernel_size,
            encoder_dropout, dtype=policy,
        )  # fmt: skip
        self.decoder = Tacotron2Decoder(
            n_mels, reduction, prenet_units, prenet_dropout, attention_lstm_units,
            decoder_lstm_units, zoneout, attention_units, attention_filters,
            attention_kernel_size, attention, dtype=policy,
        )  # fmt: skip
        self.postnet = Postnet(
            postnet_filters, postnet_kernel_size, postnet_layers, postnet_dropout, dtype=policy
        )
        self.objective = Tacotron2Losses(
            reduction, mel_scale, mel_loss, guided_attention_weight, guided_attention_sigma,
            attention_supervision_weight, stop_positive_weight,
        )  # fmt: skip
        if n_speakers:
            # The speakers' weights come last: files hold what optimizers keep in this order.
            self._layers.append(self._layers.pop(self._layers.index(self.speaker_embedding)))
        # On TensorFlow, XLA's loops on a CPU are slower than the graph's.
        self.supports_jit = keras.backend.backend() != "tensorflow"
        self.build()

    def build(self, input_shape=None):
        values_channels = self.encoder.channels + (self.speaker_channels if self.n_speakers else 0)
        self.encoder.build((None, None))
        if self.n_speakers:
            self.speaker_embedding.build((None,))
        self.decoder.build((None, None, self.n_mels), (None, None, values_channels))
        self.postnet.build((None, None, self.n_mels))
        self.built = True

    def call(self, inputs, training=None, noise=None):
        values, mask = self.encode(
            inputs["tokens"], inputs["token_lengths"], inputs.get("speaker"), training=training
        )
        mel = self.scaled(inputs["mel"])
        n_steps = -(-ops.shape(mel)[1] // self.reduction)
        before = frames_before(mel, self.reduction, n_steps)
        if training and self.scheduled_sampling:
            predicted, _, _ = self.decoder(before, values, values_mask=mask, training=True)
            predicted = frames_before(ops.stop_gradient(predicted), self.reduction, n_steps)
            draws = keras.random.uniform(ops.shape(before)[:2], seed=self.seed_generator)
            own = draws[:, :, None] < self.scheduled_sampling
            before = ops.where(own, predicted, before)
        mel_before, stop_logits, alignment = self.decoder(
            before, values, values_mask=mask, noise=noise, training=training
        )
        frame_mask = masking.sequence_mask(inputs["mel_lengths"], n_steps * self.reduction)
        mel_after = mel_before + self.postnet(mel_before, mask=frame_mask, training=training)
        return {
            "mel": self.unscaled(mel_after),
            "mel_before": self.unscaled(mel_before),
            "stop_logits": stop_logits,
            "alignment": alignment,
        }

    def encode(self, tokens, token_lengths, speaker=None, training=None):
        """The memory and its mask: `(batch, tokens, channels)`, bool `(batch, tokens)`."""
        mask = self.token_mask(tokens, token_lengths)
        values = self.encoder(tokens, mask=mask, training=training)
        return self.with_speaker(values, speaker), mask

    def generate(
        self, tokens, token_lengths=None, speaker=None, max_frames=2000, stop_threshold=0.5, seed=0
    ):
        """Speak: decode until each row's stop token (or the end of its `end_patience`).

        Args:
            tokens: int `(batch, tokens)`, padded with 0.
            token_lengths: int `(batch,)`. Defaults to the place of each row's last nonzero token.
            speaker: int, or int `(batch,)`. Needed if the model has several speakers.
            max_frames: frames after which a row is cut. Defaults to 2000.
            stop_threshold: probability at which a row stops. Defaults to 0.5.
            seed: int, of the prenet's dropout. The same seed gives the same mel, on any backend
                and in any batch. Defaults to 0.

        Returns: dict of `"mel"` `(batch, frames, n_mels)` in nats, `"lengths"` int `(batch,)` in
        frames, `"alignment"` `(batch, frames, tokens)`, and `"stopped"` bool `(batch,)`, False
        where `max_frames` came first. Frames after a row's length are the mel of
        silence.

        Raises:
            ValueError: if an argument has the wrong shape or is out of range.
        """
        tokens, token_lengths, *speaker = self.checked(tokens, token_lengths, speaker)
        checks.check_decoding(max_frames, seed, stop_threshold)
        max_steps = -(-max_frames // self.reduction)
        n_chunks = -(-max_steps // CHUNK)
        noise = np.random.default_rng(seed).random(
            (n_chunks * CHUNK, sum(self.decoder.prenet_units)), dtype="float32"
        )
        result = self.run_compiled(
            "generate",
            functools.partial(generate_mel, self),
            *(noise, tokens, token_lengths, np.float32(stop_threshold), np.int32(max_frames)),
            *speaker,
        )
        longest = int(np.max(ops.convert_to_numpy(result["lengths"])))
        result["mel"] = result["mel"][:, :longest]
        result["alignment"] = result["alignment"][:, :longest]
        return result

    def get_config(self):
        return {
            **super().get_config(),
            "reduction": self.reduction,
            "scheduled_sampling": self.scheduled_sampling,
            "end_patience": self.end_patience,
            "attention": self.decoder.attention,
            **self.options,
        }

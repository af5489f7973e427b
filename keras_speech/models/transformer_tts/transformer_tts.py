"""Transformer TTS: text to mel spectrogram, by self-attention and attention."""

import functools

import keras
import numpy as np
from keras import ops

from keras_speech.layers.postnet import Postnet
from keras_speech.models import checks
from keras_speech.models.acoustic import AcousticModel, frames_before
from keras_speech.models.tacotron2.losses import Tacotron2Losses
from keras_speech.models.transformer_tts import alignment as alignments
from keras_speech.models.transformer_tts.decoder import TransformerTTSDecoder
from keras_speech.models.transformer_tts.encoder import TransformerTTSEncoder
from keras_speech.models.transformer_tts.generation import ANYWHERE, CHUNK, generate_mel
from keras_speech.models.transformer_tts.sizes import check_sizes
from keras_speech.ops import masking


@keras.saving.register_keras_serializable("keras_speech")
class TransformerTTS(AcousticModel):
    """Text to mel spectrogram: a Transformer between a text prenet and a postnet.

    Training computes all steps at once; generation keeps what it knows of the steps before.
    `compile()` takes an optimizer; the losses belong to the model (see `Tacotron2Losses`), and each
    part is shown as a metric. Padding changes nothing.

    Args:
        vocabulary_size: number of symbols, padding (id 0) included.
        n_mels: bands of a frame. Defaults to 80.
        reduction: frames per decoder step. Defaults to 1.
        channels: width of encoder and decoder, even, a multiple of `n_heads`. Defaults to 512.
        n_heads: heads of each attention. Defaults to 8.
        encoder_blocks, decoder_blocks: how many. Default to 6.
        feed_forward_units: width inside the feed-forward networks. Defaults to 2048.
        dropout: rate in the blocks and on their attention's weights, in training. Defaults to 0.1.
        norm_first: whether normalization comes before each sub-layer, which trains without a
            warm-up of the learning rate, or after each sum, as published. Defaults to False.
        encoder_convolutions, encoder_kernel_size, convolution_dropout: of the convolutions before
            the encoder's blocks. Default to 3, 5 and 0.5.
        prenet_units, prenet_dropout: see `Prenet`. Default to `(256, 256)` and 0.5.
        postnet_filters, postnet_kernel_size, postnet_layers, postnet_dropout: see `Postnet`.
            Default to 512, 5, 5 and 0.5.
        n_speakers: number of speakers, or 0 for a single one without an embedding. Defaults to 0.
        speaker_channels: width of the speaker embedding, appended to each memory step.
            Defaults to 64.
        mel_mean, mel_scale: level and spread of the log-mels, in nats: the networks see
            `(mel - mel_mean) / mel_scale`. Default to 0 and 1 (as published).
        mel_loss: `"l2"` (as published), `"l1"`, or `"l1+l2"`, on the scaled mels.
        guided_blocks, guided_heads: the attention losses act on the first `guided_heads` heads
            of each of the last `guided_blocks` decoder blocks; their mean is the alignment. With
            `guided_heads=0` (as published) no head is told where to look, and the alignment is each
            row's head nearest to the diagonal. Default to 2 and 2.
        guided_attention_weight, guided_attention_sigma: of `losses.guided_attention`. Default to 1
            and 0.4.
        attention_supervision_weight: of `losses.attention_supervision`, which acts on batches that
            hold `"durations"`. Defaults to 1.
        scheduled_sampling: share of the frames that the decoder reads in training which are not
            the recording's but its own, predicted in a first pass from the recording's. Defaults
            to 0 (as published).
        stop_positive_weight: how much more the step to stop at counts than the steps before, in
            the stop loss; 5 to 8 as published. Defaults to 5.

    Call arguments:
        inputs: dict of `"tokens"` int `(batch, tokens)`, `"token_lengths"` int `(batch,)`,
            `"mel"` float `(batch, frames, n_mels)` in nats, `"mel_lengths"` int `(batch,)`, and
            with several speakers `"speaker"` int `(batch,)`. For the losses also `"durations"` int
            `(batch, tokens)`, frames per token, if they are known.
        training: whether dropout acts (the prenet's always does).
        noise: see `Prenet`. Defaults to None.

    Returns: dict of `"mel"` and `"mel_before"` (the postnet) `(batch, frames', n_mels)`,
    `"stop_logits"` `(batch, steps)` and `"alignment"` `(batch, steps, tokens)`;
    `frames' = steps * reduction` is `frames` rounded up.

    Raises:
        ValueError: if a number is out of range.

    Example:
    >>> from keras_speech import transformer_tts_configs
    >>> model = TransformerTTS(vocabulary_size=40, **transformer_tts_configs.SMALL)
    >>> model.compile(keras.optimizers.Adam(1e-3, global_clipnorm=1.0))
    >>> result = model.generate(np.array([[5, 3, 8]]), max_frames=48)
    >>> result["mel"].shape[2]
    80

    Reference: [Li et al., 2019](https://arxiv.org/abs/1809.08895). Deviations: several frames per
    step, speakers, attention losses, normalization first and scheduled sampling
    ([Duckworth et al., 2019](https://arxiv.org/abs/1906.04331)) by option; no bias in the prenet.
    """

    def __init__(
        self,
        vocabulary_size,
        n_mels=80,
        reduction=1,
        channels=512,
        n_heads=8,
        encoder_blocks=6,
        decoder_blocks=6,
        feed_forward_units=2048,
        dropout=0.1,
        norm_first=False,
        encoder_convolutions=3,
        encoder_kernel_size=5,
        convolution_dropout=0.5,
        prenet_units=(256, 256),
        prenet_dropout=0.5,
        postnet_filters=512,
        postnet_kernel_size=5,
        postnet_layers=5,
        postnet_dropout=0.5,
        n_speakers=0,
        speaker_channels=64,
        mel_mean=0.0,
        mel_scale=1.0,
        mel_loss="l2",
        guided_blocks=2,
        guided_heads=2,
        guided_attention_weight=1.0,
        guided_attention_sigma=0.4,
        attention_supervision_weight=1.0,
        scheduled_sampling=0.0,
        stop_positive_weight=5.0,
        **kwargs,
    ):
        super().__init__(
            vocabulary_size, n_mels, n_speakers, speaker_channels, mel_mean, mel_scale, **kwargs
        )
        checks.check_whole(
            reduction=reduction, n_heads=n_heads, encoder_blocks=encoder_blocks,
            decoder_blocks=decoder_blocks, guided_blocks=guided_blocks,
        )  # fmt: skip
        checks.check_whole(least=0, guided_heads=guided_heads)
        checks.check_share(scheduled_sampling=scheduled_sampling)
        check_sizes(channels, n_heads, guided_heads, guided_blocks, decoder_blocks)
        self.reduction, self.scheduled_sampling = reduction, scheduled_sampling
        self.guided_heads = guided_heads
        self.options = dict(
            channels=channels, n_heads=n_heads, encoder_blocks=encoder_blocks,
            decoder_blocks=decoder_blocks, feed_forward_units=feed_forward_units,
            dropout=dropout, norm_first=norm_first, encoder_convolutions=encoder_convolutions,
            encoder_kernel_size=encoder_kernel_size, convolution_dropout=convolution_dropout,
            prenet_units=tuple(prenet_units), prenet_dropout=prenet_dropout,
            postnet_filters=postnet_filters, postnet_kernel_size=postnet_kernel_size,
            postnet_layers=postnet_layers, postnet_dropout=postnet_dropout, mel_loss=mel_loss,
            guided_blocks=guided_blocks, guided_attention_weight=guided_attention_weight,
            guided_attention_sigma=guided_attention_sigma,
            attention_supervision_weight=attention_supervision_weight,
            stop_positive_weight=stop_positive_weight,
        )  # fmt: skip
        policy = self.dtype_policy
        self.encoder = TransformerTTSEncoder(
            vocabulary_size, channels, encoder_blocks, n_heads, feed_forward_units, dropout,
            norm_first, encoder_convolutions, encoder_kernel_size, convolution_dropout,
            dtype=policy,
        )  # fmt: skip
        self.decoder = TransformerTTSDecoder(
            n_mels, reduction, channels, decoder_blocks, n_heads, feed_forward_units, dropout,
            norm_first, prenet_units, prenet_dropout, guided_blocks, guided_heads, dtype=policy,
        )  # fmt: skip
        self.postnet = Postnet(
            postnet_filters, postnet_kernel_size, postnet_layers, postnet_dropout, dtype=policy
        )
        self.objective = Tacotron2Losses(
            reduction=reduction,
            mel_scale=mel_scale,
            mel_loss=mel_loss,
            guided_attention_weight=guided_attention_weight if guided_heads else 0.0,
            guided_attention_sigma=guided_attention_sigma,
            attention_supervision_weight=attention_supervision_weight if guided_heads else 0.0,
            stop_positive_weight=stop_positive_weight,
        )
        # XLA compiles once per set of shapes, and batches of speech differ in theirs.
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
        token_lengths = inputs["token_lengths"]
        values, mask = self.encode(
            inputs["tokens"], token_lengths, inputs.get("speaker"), training=training
        )
        mel = self.scaled(inputs["mel"])
        n_steps = -(-ops.shape(mel)[1] // self.reduction)
        before = frames_before(mel, self.reduction, n_steps)
        if training and self.scheduled_sampling:
            predicted, _, _ = self.decoder(before, values, mask, training=True)
            predicted = frames_before(ops.stop_gradient(predicted), self.reduction, n_steps)
            draws = keras.random.uniform(ops.shape(before)[:2], seed=self.seed_generator)
            before = ops.where(draws[:, :, None] < self.scheduled_sampling, predicted, before)
        mel_before, stop_logits, weights = self.decoder(
            before, values, mask, noise=noise, training=training
        )
        frame_mask = masking.sequence_mask(inputs["mel_lengths"], n_steps * self.reduction)
        mel_after = mel_before + self.postnet(mel_before, mask=frame_mask, training=training)
        step_lengths = -(-ops.cast(inputs["mel_lengths"], "int32") // self.reduction)
        return {
            "mel": self.unscaled(mel_after),
            "mel_before": self.unscaled(mel_before),
            "stop_logits": stop_logits,
            "alignment": self.alignment(weights, step_lengths, token_lengths),
        }

    def encode(self, tokens, token_lengths, speaker=None, training=None):
        """The memory and its mask: `(batch, tokens, channels)`, bool `(batch, tokens)`."""
        mask = self.token_mask(tokens, token_lengths)
        return self.with_speaker(self.encoder(tokens, mask, training=training), speaker), mask

    def alignment(self, weights, step_lengths, token_lengths):
        """One alignment from the heads' weights `(batch, heads, steps, tokens)`; see the class."""
        if self.guided_heads:
            return alignments.mean_head(weights)
        return alignments.most_diagonal_head(weights, step_lengths, token_lengths)

    def generate(
        self,
        tokens,
        token_lengths=None,
        speaker=None,
        max_frames=2000,
        stop_threshold=0.5,
        attention_window=None,
        seed=0,
    ):
        """Speak: decode until each row's stop token.

        Args:
            tokens: int `(batch, tokens)`, padded with 0.
            token_lengths: int `(batch,)`. Defaults to the place of each row's last nonzero token.
            speaker: int, or int `(batch,)`. Needed if the model has several speakers.
            max_frames: frames after which a row is cut. Defaults to 2000.
            stop_threshold: probability at which a row stops. Defaults to 0.5.
            attention_window: tokens that the guided heads may look ahead of the one that they
                attended to most at the step before (and one back): they can neither leap over
                words nor begin again. Defaults to None, anywhere.
            seed: int, of the prenet's dropout. The same seed gives the same mel, on any backend
                and in any batch. Defaults to 0.

        Returns: dict of `"mel"` `(batch, frames, n_mels)` in nats, `"lengths"` int `(batch,)` in
        frames, `"alignment"` `(batch, frames, tokens)`, and `"stopped"` bool `(batch,)`, False
        where `max_frames` came first. Frames after a row's length are the mel of silence.

        Raises:
            ValueError: if an argument has the wrong shape or is out of range, or a window is asked
                for of a model without guided heads.
        """
        tokens, token_lengths, *speaker = self.checked(tokens, token_lengths, speaker)
        checks.check_decoding(max_frames, seed, stop_threshold)
        if attention_window is not None:
            checks.check_whole(attention_window=attention_window)
            if not self.guided_heads:
                raise ValueError(
                    "`attention_window` must be None for a model without guided heads. "
                    f"Received: attention_window={attention_window}"
                )
        max_steps = -(-max_frames // self.reduction)
        noise = np.random.default_rng(seed).random(
            (-(-max_steps // CHUNK) * CHUNK, sum(self.decoder.prenet_units)), dtype="float32"
        )
        window = ANYWHERE if attention_window is None else attention_window
        scalars = np.float32(stop_threshold), np.int32(max_frames), np.int32(window)
        result = self.run_compiled(
            "generate", functools.partial(generate_mel, self),
            noise, tokens, token_lengths, *scalars, *speaker,
        )  # fmt: skip
        longest = int(np.max(ops.convert_to_numpy(result["lengths"])))
        result["mel"] = result["mel"][:, :longest]
        result["alignment"] = result["alignment"][:, :longest]
        return result

    def get_config(self):
        return {
            **super().get_config(),
            "reduction": self.reduction,
            "scheduled_sampling": self.scheduled_sampling,
            "guided_heads": self.guided_heads,
            **self.options,
        }

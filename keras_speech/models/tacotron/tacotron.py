"""`Tacotron`: text to mel and linear spectrograms by attention, on GRUs or LSTMs."""

import functools

import keras
import numpy as np
from keras import ops

from keras_speech.models import checks
from keras_speech.models.acoustic import AcousticModel, frames_before
from keras_speech.models.tacotron.decoder import TacotronDecoder
from keras_speech.models.tacotron.encoder import (
    TacotronEncoder,
    TacotronLSTMEncoder,
    check_kind,
)
from keras_speech.models.tacotron.generation import generate_spectrograms
from keras_speech.models.tacotron.losses import TacotronLosses
from keras_speech.models.tacotron.postnet import TacotronLSTMPostnet, TacotronPostnet
from keras_speech.models.tacotron2.generation import CHUNK
from keras_speech.ops import masking


@keras.saving.register_keras_serializable("keras_speech")
class Tacotron(AcousticModel):
    """Text to mel and linear spectrograms: CBHG encoder, attention decoder, CBHG after it.

    `compile()` takes an optimizer; the losses belong to the model (see `TacotronLosses`), and each
    part is shown as a metric. Padding changes nothing. With `encoder="lstm", cell="lstm",
    postnet="lstm"` it is the plain LSTM variant (`tacotron_configs.LSTM`).

    It learns from the batches of `data.linear_batches`, or, with `n_freqs=0`, of
    `data.acoustic_batches`; `LinearGriffinLim` makes sound of what it generates, any vocoder of
    the mel alone.

    Args:
        vocabulary_size: number of symbols, padding (id 0) included.
        n_mels: bands of a frame. Defaults to 80.
        n_freqs: frequencies of the linear spectrogram, `spec.n_freqs`; 0 for no post-processing
            net. Defaults to 1025.
        reduction: frames per decoder step. Defaults to 2.
        encoder: `"cbhg"` (default, `TacotronEncoder`) or `"lstm"` (`TacotronLSTMEncoder`).
        embedding_channels, encoder_units, encoder_dropout: of both. Default to 256, 128 and 0.5.
        encoder_prenet_units, encoder_bank_size: of `TacotronEncoder`. Default to `(256, 128)`
            and 16.
        cell, prenet_units, prenet_dropout, attention_rnn_units, attention, attention_units,
            decoder_units, decoder_layers, stop_token: see `TacotronDecoder`. Default to `"gru"`,
            `(256, 128)`, 0.5, 256, `"bahdanau"`, 256, 256, 2 and True.
        postnet: `"cbhg"` (default, `TacotronPostnet`) or `"lstm"` (`TacotronLSTMPostnet`).
        postnet_units: of both. Defaults to 128.
        postnet_bank_size, postnet_projection_channels: of `TacotronPostnet`. Default to 8 and 256.
        highway_layers: of both CBHGs. Defaults to 4.
        n_speakers, speaker_channels, mel_mean, mel_scale: see `AcousticModel`. Default to 0, 64,
            0 and 1.
        linear_mean, linear_scale: the same for the linear spectrogram. Default to 0 and 1.
        n_priority_freqs: lowest frequencies that make up half of the linear loss beside all of
            them, as in the widespread implementations, which take those below 3 kHz; 0 for none
            (as published). Defaults to 0.
        guided_attention_weight, guided_attention_sigma: of `losses.guided_attention`. Default to 1
            and 0.4; published without.
        attention_supervision_weight: of `losses.attention_supervision`, which acts on batches that
            hold `"durations"`. Defaults to 1.
        stop_positive_weight: see `losses.stop_token`. Defaults to 5.
        end_patience: frames that `generate` lets a row attend to its last token before it stops the
            row even without a stop token; 0 for any number. Defaults to 0.

    Call arguments:
        inputs: dict of `"tokens"` int `(batch, tokens)`, `"token_lengths"` int `(batch,)`,
            `"mel"` float `(batch, frames, n_mels)` in nats, `"mel_lengths"` int `(batch,)`, and
            with several speakers `"speaker"` int `(batch,)`. For the losses also `"linear"` float
            `(batch, frames, n_freqs)` in nats and, if they are known, `"durations"` int
            `(batch, tokens)`, frames per token (checked where batches are made, not here).
        training: whether dropout acts and statistics are updated (the decoder's prenet always
            drops).
        noise: see `Prenet`. Defaults to None.

    Returns: dict of `"mel"` `(batch, frames', n_mels)`, `"linear"` `(batch, frames', n_freqs)`,
    `"stop_logits"` `(batch, steps)` and `"alignment"` `(batch, steps, tokens)`;
    `frames' = steps * reduction` is `frames` rounded up. Without post-processing net or stop token
    their entries are missing.

    Raises:
        ValueError: if a number is out of range or a name unknown.

    Example:
    >>> from keras_speech import AudioSpec, LinearGriffinLim, tacotron_configs
    >>> spec = AudioSpec(n_fft=1024)
    >>> model = Tacotron(vocabulary_size=40, n_freqs=spec.n_freqs, **tacotron_configs.SMALL)
    >>> model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0))
    >>> result = model.generate(np.array([[5, 3, 8]]), max_frames=48)
    >>> vocoder = LinearGriffinLim(spec, n_iter=2, power=1.2)
    >>> samples = vocoder.generate(result["linear"], result["lengths"])

    Reference: [Wang et al., 2017](https://arxiv.org/abs/1703.10135). Deviations: see
    docs/tacotron.md; the stop token and the attention losses are not in the paper.
    """

    def __init__(
        self,
        vocabulary_size,
        n_mels=80,
        n_freqs=1025,
        reduction=2,
        encoder="cbhg",
        embedding_channels=256,
        encoder_units=128,
        encoder_dropout=0.5,
        encoder_prenet_units=(256, 128),
        encoder_bank_size=16,
        cell="gru",
        prenet_units=(256, 128),
        prenet_dropout=0.5,
        attention_rnn_units=256,
        attention="bahdanau",
        attention_units=256,
        decoder_units=256,
        decoder_layers=2,
        stop_token=True,
        postnet="cbhg",
        postnet_units=128,
        postnet_bank_size=8,
        postnet_projection_channels=256,
        highway_layers=4,
        n_speakers=0,
        speaker_channels=64,
        mel_mean=0.0,
        mel_scale=1.0,
        linear_mean=0.0,
        linear_scale=1.0,
        n_priority_freqs=0,
        guided_attention_weight=1.0,
        guided_attention_sigma=0.4,
        attention_supervision_weight=1.0,
        stop_positive_weight=5.0,
        end_patience=0,
        **kwargs,
    ):
        super().__init__(
            vocabulary_size, n_mels, n_speakers, speaker_channels, mel_mean, mel_scale, **kwargs
        )
        checks.check_whole(reduction=reduction)
        checks.check_whole(
            least=0,
            n_freqs=n_freqs,
            n_priority_freqs=n_priority_freqs,
            decoder_layers=decoder_layers,
            end_patience=end_patience,
        )
        checks.check_positive(linear_scale=linear_scale)
        check_kind(encoder=encoder, postnet=postnet)
        if n_priority_freqs > n_freqs:
            raise ValueError(
                "`n_priority_freqs` must not exceed `n_freqs`. "
                f"Received: n_priority_freqs={n_priority_freqs}, n_freqs={n_freqs}"
            )
        self.n_freqs, self.reduction, self.end_patience = n_freqs, reduction, end_patience
        self.linear_mean, self.linear_scale = linear_mean, linear_scale
        policy = self.dtype_policy
        if encoder == "cbhg":
            self.encoder = TacotronEncoder(
                vocabulary_size, embedding_channels, encoder_prenet_units, encoder_dropout,
                encoder_bank_size, encoder_units, highway_layers, dtype=policy,
            )  # fmt: skip
        else:
            self.encoder = TacotronLSTMEncoder(
                vocabulary_size, embedding_channels, encoder_dropout, encoder_units, dtype=policy
            )
        self.decoder = TacotronDecoder(
            n_mels, reduction, prenet_units, prenet_dropout, cell, attention_rnn_units, attention,
            attention_units, decoder_units, decoder_layers, stop_token, dtype=policy,
        )  # fmt: skip
        if n_freqs and postnet == "cbhg":
            self.postnet = TacotronPostnet(
                n_freqs, postnet_bank_size, postnet_units, postnet_projection_channels,
                highway_layers, dtype=policy,
            )  # fmt: skip
        elif n_freqs:
            self.postnet = TacotronLSTMPostnet(n_freqs, postnet_units, dtype=policy)
        self.objective = TacotronLosses(
            reduction, mel_scale, linear_scale, n_freqs, n_priority_freqs,
            guided_attention_weight, guided_attention_sigma, attention_supervision_weight,
            stop_positive_weight,
        )  # fmt: skip
        self.options = dict(
            encoder=encoder, embedding_channels=embedding_channels, encoder_units=encoder_units,
            encoder_dropout=encoder_dropout, encoder_prenet_units=tuple(encoder_prenet_units),
            encoder_bank_size=encoder_bank_size, cell=cell, prenet_units=tuple(prenet_units),
            prenet_dropout=prenet_dropout, attention_rnn_units=attention_rnn_units,
            attention=self.decoder.attention, attention_units=attention_units,
            decoder_units=decoder_units, decoder_layers=decoder_layers, stop_token=stop_token,
            postnet=postnet, postnet_units=postnet_units, postnet_bank_size=postnet_bank_size,
            postnet_projection_channels=postnet_projection_channels,
            highway_layers=highway_layers, n_priority_freqs=n_priority_freqs,
            guided_attention_weight=guided_attention_weight,
            guided_attention_sigma=guided_attention_sigma,
            attention_supervision_weight=attention_supervision_weight,
            stop_positive_weight=stop_positive_weight,
        )  # fmt: skip
        # On TensorFlow, XLA's loops on a CPU are slower than the graph's.
        self.supports_jit = keras.backend.backend() != "tensorflow"
        self.build()

    def build(self, input_shape=None):
        values_channels = self.encoder.channels + (self.speaker_channels if self.n_speakers else 0)
        self.encoder.build((None, None))
        if self.n_speakers:
            self.speaker_embedding.build((None,))
        self.decoder.build((None, None, self.n_mels), (None, None, values_channels))
        if self.n_freqs:
            self.postnet.build((None, None, self.n_mels))
        self.built = True

    def call(self, inputs, training=None, noise=None):
        values, mask = self.encode(
            inputs["tokens"], inputs["token_lengths"], inputs.get("speaker"), training=training
        )
        mel = self.scaled(inputs["mel"])
        n_steps = -(-ops.shape(mel)[1] // self.reduction)
        before = frames_before(mel, self.reduction, n_steps)
        mel, stop_logits, alignment = self.decoder(
            before, values, values_mask=mask, noise=noise, training=training
        )
        outputs = {"mel": self.unscaled(mel), "alignment": alignment}
        if self.decoder.stop_token:
            outputs["stop_logits"] = stop_logits
        if self.n_freqs:
            frame_mask = masking.sequence_mask(inputs["mel_lengths"], n_steps * self.reduction)
            linear = self.postnet(mel, mask=frame_mask, training=training)
            outputs["linear"] = self.unscaled_linear(linear)
        return outputs

    def encode(self, tokens, token_lengths, speaker=None, training=None):
        """The memory and its mask: `(batch, tokens, channels)`, bool `(batch, tokens)`."""
        mask = self.token_mask(tokens, token_lengths)
        values = self.encoder(tokens, mask=mask, training=training)
        return self.with_speaker(values, speaker), mask

    def unscaled_linear(self, linear):
        """Linear log magnitudes in nats from what the post-processing net says."""
        return ops.cast(linear, "float32") * self.linear_scale + self.linear_mean

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

        Returns: dict of `"mel"` `(batch, frames, n_mels)` in nats, `"linear"`
        `(batch, frames, n_freqs)` in nats (where there is a post-processing net), `"lengths"` int
        `(batch,)` in frames, `"alignment"` `(batch, frames, tokens)`, and `"stopped"` bool
        `(batch,)`, False where `max_frames` came first. Frames after a row's length are silence.

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
            functools.partial(generate_spectrograms, self),
            noise,
            tokens,
            token_lengths,
            np.float32(stop_threshold),
            np.int32(max_frames),
            *speaker,
        )
        longest = int(np.max(ops.convert_to_numpy(result["lengths"])))
        for key in {"mel", "linear", "alignment"} & result.keys():
            result[key] = result[key][:, :longest]
        return result

    def get_config(self):
        return {
            **super().get_config(),
            "n_freqs": self.n_freqs,
            "reduction": self.reduction,
            "linear_mean": self.linear_mean,
            "linear_scale": self.linear_scale,
            "end_patience": self.end_patience,
            **self.options,
        }

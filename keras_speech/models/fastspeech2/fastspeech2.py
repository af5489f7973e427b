"""FastSpeech 2: text to mel spectrogram in parallel, by durations."""

import keras
from keras import ops

from keras_speech.layers.aligner import Aligner
from keras_speech.layers.gaussian_upsampling import GaussianUpsampling
from keras_speech.models import checks
from keras_speech.models.acoustic import AcousticModel
from keras_speech.models.fastspeech2 import aligning, controls
from keras_speech.models.fastspeech2.fft_stack import FFTStack
from keras_speech.models.fastspeech2.losses import FastSpeech2Losses
from keras_speech.models.fastspeech2.variance_adaptor import VarianceAdaptor
from keras_speech.ops import alignment, masking, prosody, replicas

UPSAMPLINGS = ("gaussian", "repeat")


@keras.saving.register_keras_serializable("keras_speech")
class FastSpeech2(AcousticModel):
    """Text to mel spectrogram without attention between them: no word is skipped or repeated.

    An encoder reads the tokens; a variance adaptor predicts how long, how high and how loud each
    is; tokens are spread over their frames, and a decoder draws the mel, all frames at once. In
    training the real durations, pitch and energy are told. Durations come with the batch or, where
    it has none, from an aligner that is trained along.

    `compile()` takes an optimizer; the losses belong to the model (see `FastSpeech2Losses`), and
    each part is shown as a metric. Padding changes nothing.

    Args:
        vocabulary_size, n_mels, n_speakers, speaker_channels, mel_mean, mel_scale: see
            `AcousticModel`.
        channels: width of encoder and decoder. Defaults to 256.
        encoder_layers, decoder_layers: blocks of each. Default to 4.
        n_heads, filters, kernel_sizes, dropout, norm_first: see `FFTBlock`. Default to 2, 1024,
            `(9, 1)`, 0.1 and False. With `n_heads=0` the model is convolutional.
        predictor_filters, predictor_kernel_size, predictor_layers, predictor_dropout: see
            `VariancePredictor`. Default to 256, 3, 2 and 0.5.
        duration_recurrent_units: size of the duration predictor's LSTMs; 0 for none. Defaults to 0.
        upsampling: `"repeat"` (as published) or `"gaussian"`, see `GaussianUpsampling`. Defaults to
            `"gaussian"`.
        pitch, energy: whether each is modeled. Default to True. With `pitch`, `fit` needs batches
            with `"f0_hz"`.
        pitch_mean, pitch_scale: mean and spread of the log-pitch, in log-hertz: the networks see
            `(log(f0) - pitch_mean) / pitch_scale`. Default to 5 (148 Hz) and 0.25.
        energy_mean, energy_scale: the same of a frame's energy in nats. Default to 0 and 1.
        pitch_range: by which the predicted pitch's distance from `pitch_mean` is multiplied in
            `generate`: what can be predicted varies less than speech does. Defaults to 1.
        aligner: whether the model has an `Aligner`. Defaults to True. Without, every batch needs
            `"durations"`.
        mel_loss: `"l1"` (as published), `"l2"` or `"l1+l2"`, on the scaled mels.
        loss_weights: dict of numbers by which parts of the loss are multiplied: `"mel"`,
            `"duration"`, `"pitch"`, `"energy"`, `"forward_sum"`. Defaults to 1 for each, 0.1 for
            pitch and energy.

    Call arguments:
        inputs: dict of `"tokens"` int `(batch, tokens)`, `"token_lengths"` int `(batch,)`,
            `"mel"` float `(batch, frames, n_mels)` in nats, `"mel_lengths"` int `(batch,)`; with
            several speakers `"speaker"` int `(batch,)`; `"f0_hz"` float `(batch, frames)`, 0 where
            unvoiced, without which the predicted pitch is used; `"durations"` int
            `(batch, tokens)`, frames per token, which sum to `"mel_lengths"` (`data` checks that,
            the model outside of graphs only), without which the aligner is asked.
        training: whether dropout acts.

    Returns: dict of `"mel"` `(batch, frames, n_mels)`, `"alignment"` `(batch, frames, tokens)`,
    `"durations"` int `(batch, tokens)`, and per token what is predicted and what it should be:
    `"log_duration"`, `"pitch"`, `"energy"`, each with a `"..._target"`.

    Raises:
        ValueError: if an argument is out of range, or a batch lacks what training needs.

    Example:
    >>> from keras_speech import fastspeech2_configs
    >>> model = FastSpeech2(vocabulary_size=40, **fastspeech2_configs.SMALL)
    >>> model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0))
    >>> result = model.generate([[5, 3, 8]], speed=1.2, pitch=2.0)
    >>> result["mel"].shape[2]
    80

    Reference: [Ren et al., 2021](https://arxiv.org/abs/2006.04558). Deviations: pitch and energy
    are means over tokens, told by a convolution ([Lancucki, 2021](https://arxiv.org/abs/2006.06873),
    section 2), not quantized frames; the aligner:
    [Badlani et al., 2021](https://arxiv.org/abs/2108.10447); Gaussian upsampling, blocks without
    attention and normalization ahead of each part by option.
    """

    def __init__(
        self,
        vocabulary_size,
        n_mels=80,
        channels=256,
        encoder_layers=4,
        decoder_layers=4,
        n_heads=2,
        filters=1024,
        kernel_sizes=(9, 1),
        dropout=0.1,
        norm_first=False,
        predictor_filters=256,
        predictor_kernel_size=3,
        predictor_layers=2,
        predictor_dropout=0.5,
        duration_recurrent_units=0,
        upsampling="gaussian",
        pitch=True,
        energy=True,
        pitch_mean=5.0,
        pitch_scale=0.25,
        energy_mean=0.0,
        energy_scale=1.0,
        pitch_range=1.0,
        aligner=True,
        mel_loss="l1",
        loss_weights=None,
        n_speakers=0,
        speaker_channels=64,
        mel_mean=0.0,
        mel_scale=1.0,
        **kwargs,
    ):
        super().__init__(
            vocabulary_size, n_mels, n_speakers, speaker_channels, mel_mean, mel_scale, **kwargs
        )
        checks.check_whole(encoder_layers=encoder_layers, decoder_layers=decoder_layers)
        checks.check_positive(
            pitch_scale=pitch_scale, energy_scale=energy_scale, pitch_range=pitch_range
        )
        if upsampling not in UPSAMPLINGS:
            raise ValueError(
                f"`upsampling` must be one of {', '.join(UPSAMPLINGS)}. "
                f"Received: upsampling={upsampling}"
            )
        self.channels = channels
        self.pitch_mean, self.pitch_scale = pitch_mean, pitch_scale
        self.energy_mean, self.energy_scale = energy_mean, energy_scale
        self.options = dict(
            channels=channels, encoder_layers=encoder_layers, decoder_layers=decoder_layers,
            n_heads=n_heads, filters=filters, kernel_sizes=tuple(kernel_sizes), dropout=dropout,
            norm_first=norm_first, predictor_filters=predictor_filters,
            predictor_kernel_size=predictor_kernel_size, predictor_layers=predictor_layers,
            predictor_dropout=predictor_dropout, upsampling=upsampling, pitch=pitch, energy=energy,
            duration_recurrent_units=duration_recurrent_units, pitch_mean=pitch_mean,
            pitch_scale=pitch_scale, energy_mean=energy_mean, energy_scale=energy_scale,
            pitch_range=pitch_range, aligner=aligner, mel_loss=mel_loss,
            loss_weights=dict(loss_weights or {}),
        )  # fmt: skip
        # What `generate` changes for a `Voice`.
        self.controls = ("speed", *(name for name in ("pitch", "energy") if self.options[name]))
        policy = self.dtype_policy
        block = (channels, n_heads, filters, kernel_sizes, dropout, norm_first)
        self.embedding = keras.layers.Embedding(vocabulary_size, channels, dtype=policy)
        self.encoder = FFTStack(encoder_layers, *block, dtype=policy)
        if n_speakers:
            self.speaker_dense = keras.layers.Dense(channels, dtype=policy)
        self.variance_adaptor = VarianceAdaptor(
            channels, pitch, energy, predictor_filters, predictor_kernel_size, predictor_layers,
            predictor_dropout, duration_recurrent_units, dtype=policy,
        )  # fmt: skip
        self.upsampling = GaussianUpsampling(dtype=policy) if upsampling == "gaussian" else None
        self.decoder = FFTStack(decoder_layers, *block, dtype=policy)
        self.mel_dense = keras.layers.Dense(n_mels, dtype=policy)
        self.aligner = Aligner(vocabulary_size, n_mels, dtype=policy) if aligner else None
        weights = {"pitch": 0.1, "energy": 0.1, **(loss_weights or {})}
        self.objective = FastSpeech2Losses(mel_scale, mel_loss, weights)
        # On TensorFlow, XLA would compile anew for every length.
        self.supports_jit = keras.backend.backend() != "tensorflow"
        self.build()

    def build(self, input_shape=None):
        tokens, frames = (None, None, self.channels), (None, None, self.channels)
        self.embedding.build((None, None))
        self.encoder.build(tokens)
        if self.n_speakers:
            self.speaker_embedding.build((None,))
            self.speaker_dense.build((None, None, self.channels + self.speaker_channels))
        self.variance_adaptor.build(tokens)
        if self.upsampling is not None:
            self.upsampling.build(tokens)
        self.decoder.build(frames)
        self.mel_dense.build(frames)
        if self.aligner is not None:
            self.aligner.build((None, None))
        self.built = True

    def call(self, inputs, training=None):
        n_frames = ops.shape(inputs["mel"])[1]
        outputs = aligning.alignment_of(self, inputs, training=training)
        durations = outputs["durations"]
        targets = self._targets(inputs, durations)
        hidden, mask = self.encode(
            inputs["tokens"], inputs["token_lengths"], inputs.get("speaker"), training=training
        )
        adapted, predicted, _ = self.variance_adaptor(
            hidden, mask, targets.get("pitch"), targets.get("energy"), training=training
        )
        mel, weights = self.decode(adapted, durations, n_frames, training=training)
        targets["log_duration"] = self.variance_adaptor.duration_predictor.log_target(durations)
        targets = {f"{name}_target": value for name, value in targets.items()}
        return {"mel": mel, "alignment": weights, **outputs, **predicted, **targets}

    def encode(self, tokens, token_lengths, speaker=None, training=None):
        """Tokens as the decoder reads them, `(batch, tokens, channels)`, and their mask."""
        mask = self.token_mask(tokens, token_lengths)
        hidden = self.encoder(self.embedding(tokens), mask=mask, training=training)
        if self.n_speakers:
            hidden = self.speaker_dense(self.with_speaker(hidden, speaker))
        return hidden, mask

    def decode(self, adapted, durations, n_frames, training=None):
        """Log-mels in nats `(batch, n_frames, n_mels)`, and each frame's share of the tokens."""
        lengths = ops.sum(ops.cast(durations, "int32"), axis=1)
        if self.upsampling is not None:
            frames, weights = self.upsampling(adapted, durations, n_frames=n_frames)
        else:
            weights = alignment.assignment(durations, n_frames)
            frames = ops.matmul(ops.cast(weights, adapted.dtype), adapted)
        mask = masking.sequence_mask(lengths, n_frames)
        mel = self.mel_dense(self.decoder(frames, mask=mask, training=training))
        return self.unscaled(mel), weights

    def _targets(self, inputs, durations):
        """Pitch and energy of each token as the networks see them, as far as they are modeled."""
        targets = {}
        if self.options["pitch"] and "f0_hz" in inputs:
            log_f0 = prosody.token_log_f0(inputs["f0_hz"], durations, self.pitch_mean)
            targets["pitch"] = (log_f0 - self.pitch_mean) / self.pitch_scale
        if self.options["energy"]:
            energy = prosody.token_energy(inputs["mel"], durations, self.energy_mean)
            targets["energy"] = (energy - self.energy_mean) / self.energy_scale
        return targets

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True, **kwargs
    ):
        if self.options["pitch"] and "pitch_target" not in y_pred:
            raise ValueError(
                '`inputs` must have "f0_hz" where pitch is modeled (or `pitch=False`). '
                f"Received: {', '.join(sorted(x))}"
            )
        return replicas.share_of_loss(self.objective(x, y_pred))

    def align(self, tokens, token_lengths, mel, mel_lengths, speaker=None):
        """Frames of each token in recordings, by the model's own aligner.

        Args:
            tokens, token_lengths, mel, mel_lengths: as in a batch.
            speaker: taken as every model's that aligns; the aligner knows no speakers.

        Returns: int32 `(batch, tokens)`, at least 1 for each real token; rows sum to `mel_lengths`.

        Raises:
            ValueError: if the model has no aligner, or a row has fewer frames than tokens.
        """
        return aligning.align(self, tokens, token_lengths, mel, mel_lengths)

    def without_aligner(self):
        """An equal model that speaks, and learns from given durations only.

        Returns: model with weights of its own, or itself if it has no aligner.
        """
        if self.aligner is None:
            return self
        model = type(self).from_config({**self.get_config(), "aligner": False})
        theirs = {id(v) for v in self.aligner.variables}
        model.set_weights([ops.convert_to_numpy(v) for v in self.weights if id(v) not in theirs])
        return model

    def generate(
        self, tokens, token_lengths=None, speaker=None, speed=1.0, pitch=0.0, energy=0.0,
        max_frames=None, seed=0, *, jit=False,
    ):  # fmt: skip
        """Speak, all frames at once.

        Args:
            tokens: int `(batch, tokens)`, padded with 0.
            token_lengths: int `(batch,)`. Defaults to the place of each row's last nonzero token.
            speaker: int, or int `(batch,)`. Needed if the model has several speakers.
            speed: 2 is twice as fast; from 0.25 to 4.
            pitch: by how much to raise the voice, in semitones; from -12 to 12.
            energy: by how much to strengthen it, in decibels; from -20 to 20. Each of these three
                is a number, or `(batch,)`, or `(batch, tokens)`. Default to 1, 0 and 0.
            max_frames: frames after which a row is cut. Defaults to None, no limit.
            seed: taken as every acoustic model's; this one draws no random numbers.
            jit: whether TensorFlow compiles by XLA, once for each number of tokens (rounded up to
                16) and of frames (to 64): faster from then on in float32. Defaults to False.

        Returns: dict of `"mel"` `(batch, frames, n_mels)` in nats, `"lengths"` int `(batch,)` in
        frames, `"alignment"` `(batch, frames, tokens)`, `"durations"` int `(batch, tokens)`,
        `"stopped"` bool `(batch,)`, False where `max_frames` came first; and as far as modeled
        `"f0_hz"` `(batch, tokens)` and `"energy"` `(batch, tokens)` in nats, as chosen.

        Raises:
            ValueError: if an argument has the wrong shape or is out of range.
        """
        arrays = self.checked(tokens, token_lengths, speaker)
        return controls.generate(self, arrays, speed, pitch, energy, max_frames, jit)

    def get_config(self):
        return {**super().get_config(), **self.options}

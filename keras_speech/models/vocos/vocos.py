"""Vocos: spectra at the frame rate, and an inverse Fourier transform at the end."""

import keras
from keras import ops

from keras_speech.layers.convnext_block import ConvNeXtBlock
from keras_speech.losses import phase as phase_losses
from keras_speech.models import checks
from keras_speech.models.adversarial import AdversarialVocoder, check_weights
from keras_speech.ops import dynamic, griffin_lim, stft
from keras_speech.ops import mel as mel_ops

# Magnitudes stay within these logarithms: e^7 is beyond the loudest that a full-scale signal has.
LOWEST, HIGHEST = -14.0, 7.0

FRAME = ("n_fft", "hop_length", "win_length", "padding")


@keras.saving.register_keras_serializable("keras_speech")
class Vocos(AdversarialVocoder):
    """Predicts magnitude and phase of each frame; overlap-add makes the samples.

    Nothing in the network runs at the sample rate, so it costs a tenth of HiFi-GAN.

    `compile()` takes an optimizer; the losses belong to the model: see `AdversarialVocoder` and
    `docs/vocos.md`.

    Args:
        spec: `AudioSpec` (or its dict) of the mel spectrograms. Defaults to `AudioSpec()`.
        channels, hidden_channels: of the blocks, and between their dense layers. Default to 512
            and 1536.
        n_blocks: number of `ConvNeXtBlock`s. Defaults to 8.
        kernel_size: taps of the first convolution and of the blocks', odd. Defaults to 7.
        mel_start: whether the network's log magnitudes are added to those interpolated between
            the bands of the mel, so that training starts from the right spectrum. Defaults to
            `False`.
        mel_rounds: how often magnitudes are then scaled towards the given mel
            (`ops.mel.fit_to_mel`). Defaults to 0.
        phase_rounds: rounds of fast Griffin-Lim that make the phases consistent after the network
            has predicted them; not in training. Defaults to 0.
        mel_mean, mel_scale: level and spread of the mel: the network sees
            `(mel - mel_mean) / mel_scale`. Default to 0 and 1.
        magnitude_weight: factor of the mean difference between the logarithms of the predicted
            magnitudes and the recording's. Defaults to 0.
        phase_weight: factor of the loss of the predicted phases (`losses.phase_derivatives`).
            Defaults to 0.
        adversarial_loss, feature_weight: as in `AdversarialVocoder`, with the published values
            "hinge" and 1 as defaults.
        **kwargs: `discriminators` and other arguments of `AdversarialVocoder`.

    Call arguments:
        inputs: dict of `"mel"` float `(batch, frames, n_mels)`; for a loss, `"samples"`
            `(batch, frames * hop_length)`.
        training: `True` leaves the phase rounds out.

    Returns: dict of float32 tensors: `"samples"` `(batch, frames * hop_length)`, `"magnitude"` and
    `"phase"` `(batch, frames, n_fft // 2 + 1)`, in radians of any number of turns.

    Raises:
        ValueError: if an argument is out of range.

    Example:

    >>> import numpy as np
    >>> model = Vocos(channels=8, hidden_channels=16, n_blocks=1)
    >>> model.generate(np.zeros((1, 10, 80), "float32")).shape
    (1, 2560)

    Reference: [Siuzdak, 2023](https://arxiv.org/abs/2306.00814). Deviations: log magnitudes are
    bounded on both sides; `mel_start` after
    [Lv et al., 2024](https://arxiv.org/abs/2406.08196); `mel_rounds` and `phase_rounds` are ours.
    """

    def __init__(
        self,
        spec=None,
        channels=512,
        hidden_channels=1536,
        n_blocks=8,
        kernel_size=7,
        mel_start=False,
        mel_rounds=0,
        phase_rounds=0,
        mel_mean=0.0,
        mel_scale=1.0,
        magnitude_weight=0.0,
        phase_weight=0.0,
        adversarial_loss="hinge",
        feature_weight=1.0,
        **kwargs,
    ):
        super().__init__(
            spec, adversarial_loss=adversarial_loss, feature_weight=feature_weight, **kwargs
        )
        checks.check_whole(channels=channels, hidden_channels=hidden_channels, n_blocks=n_blocks)
        checks.check_positive(mel_scale=mel_scale)
        check_weights(magnitude_weight=magnitude_weight, phase_weight=phase_weight)
        self.channels, self.hidden_channels = channels, hidden_channels
        self.n_blocks, self.kernel_size = n_blocks, kernel_size
        self.mel_start, self.mel_rounds, self.phase_rounds = mel_start, mel_rounds, phase_rounds
        self.mel_mean, self.mel_scale = mel_mean, mel_scale
        self.magnitude_weight, self.phase_weight = magnitude_weight, phase_weight
        if magnitude_weight or phase_weight:
            self._warm_trackers |= self._trackers("magnitude", "phase")
        self._add_layers()
        self.build()

    @property
    def mel_rounds(self):
        """Rounds that fit the magnitudes to the mel; a trained model may be given more."""
        return self._mel_rounds

    @mel_rounds.setter
    def mel_rounds(self, mel_rounds):
        checks.check_whole(mel_rounds=mel_rounds, least=0)
        self._mel_rounds = mel_rounds
        # What is compiled has the old number in it.
        self._compiled_vocode = {}

    @property
    def phase_rounds(self):
        """Rounds of fast Griffin-Lim after the network; a trained model may be given others."""
        return self._phase_rounds

    @phase_rounds.setter
    def phase_rounds(self, phase_rounds):
        checks.check_whole(phase_rounds=phase_rounds, least=0)
        self._phase_rounds = phase_rounds
        self._compiled_vocode = {}

    def _add_layers(self):
        policy = self.dtype_policy

        def norm():
            return keras.layers.LayerNormalization(epsilon=1e-6, dtype=policy)

        self.embed = keras.layers.Conv1D(
            self.channels, self.kernel_size, padding="same", dtype=policy
        )
        self.embed_norm = norm()
        self.blocks = [
            ConvNeXtBlock(
                self.channels, self.hidden_channels, self.kernel_size, 1 / self.n_blocks,
                dtype=policy,
            )
            for _ in range(self.n_blocks)
        ]  # fmt: skip
        self.final_norm = norm()
        # Magnitudes and phases are float32 under any policy: a phase of many turns has no bits
        # to spare.
        self.head = keras.layers.Dense(
            2 * self.spec.n_freqs,
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.3 * self.channels**-0.5),
            dtype="float32",
        )

    def build(self, input_shape=None):
        if self.built:
            return
        self.embed.build((None, None, self.spec.n_mels))
        hidden = (None, None, self.channels)
        for layer in (self.embed_norm, *self.blocks, self.final_norm, self.head):
            layer.build(hidden)
        self.built = True

    @property
    def context_frames(self):
        convolutions = self.kernel_size // 2 * (1 + self.n_blocks)
        per_round = -(-self.spec.n_fft // self.spec.hop_length) - 1
        return convolutions + self._overlap_frames + per_round * self.phase_rounds

    @property
    def _overlap_frames(self):
        """Frames on each side of a hop whose windows cover it."""
        n_fft, hop_length = self.spec.n_fft, self.spec.hop_length
        pad = stft.pad_length(n_fft=n_fft, hop_length=hop_length, padding=self.spec.padding)
        return max(pad + hop_length - 1, n_fft - 1 - pad) // hop_length

    def call(self, inputs, training=None):
        magnitude, phase = self.spectrum(inputs["mel"])
        samples = self._samples(magnitude, phase, None, 0 if training else self.phase_rounds)
        return {"samples": samples, "magnitude": magnitude, "phase": phase}

    def vocode(self, mel, mask=None, noise_start=None, seed=None):
        return self._samples(*self.spectrum(mel, mask), mask, self.phase_rounds)

    def spectrum(self, mel, mask=None):
        """Magnitudes and phases as the network predicts them.

        Args:
            mel: float `(batch, frames, n_mels)`.
            mask: float `(batch, frames, 1)`, 0 past a row's end, or `None` (default).

        Returns: pair of float32 tensors `(batch, frames, n_fft // 2 + 1)`; phases in radians, of
            any number of turns.
        """
        mel = ops.cast(mel, "float32")
        x = ops.cast((mel - self.mel_mean) / self.mel_scale, self.compute_dtype)
        if mask is not None:
            x = x * ops.cast(mask, x.dtype)
        x = self.embed_norm(self.embed(x))
        for block in self.blocks:
            x = block(x, mask=mask)
        x = self.head(ops.cast(self.final_norm(x), "float32"))
        log_magnitude, phase = ops.split(x, 2, axis=-1)
        if self.mel_start:
            log_magnitude = log_magnitude + mel_ops.log_magnitude_start(mel, self.spec)
        magnitude = ops.exp(ops.clip(log_magnitude, LOWEST, HIGHEST))
        return mel_ops.fit_to_mel(magnitude, mel, self.spec, self.mel_rounds), phase

    def _samples(self, magnitude, phase, mask, phase_rounds):
        return griffin_lim.griffin_lim(
            magnitude,
            phase=phase,
            n_iter=phase_rounds,
            lengths=None if mask is None else ops.sum(mask, axis=(1, 2)),
            **{name: getattr(self.spec, name) for name in FRAME},
        )

    def objective(self, x, y_pred, training=True):
        loss = super().objective(x, y_pred["samples"], training)
        if self.magnitude_weight or self.phase_weight:
            loss = loss + self._spectrum_loss(x["samples"], y_pred["magnitude"], y_pred["phase"])
        return loss

    def _spectrum_loss(self, samples, magnitude, phase):
        """Of what the network says, where the loss of the samples sees what overlap-add left."""
        settings = {name: getattr(self.spec, name) for name in FRAME}
        real, imag = stft.stft(ops.cast(samples, "float32"), **settings)
        # The first and the last frames reach beyond the segment.
        batch, frames, n_freqs = ops.shape(magnitude)
        edge = dynamic.minimum(self._overlap_frames, (frames - 1) // 2)
        real, imag, magnitude, phase = (
            ops.slice(each, [0, edge, 0], [batch, frames - 2 * edge, n_freqs])
            for each in (real, imag, magnitude, phase)
        )
        floor = self.spec.log_floor
        parts = {
            "magnitude": ops.mean(
                ops.abs(
                    ops.log(ops.maximum(magnitude, floor))
                    - ops.log(ops.maximum(stft.magnitude(real, imag), floor))
                )
            ),
            "phase": phase_losses.phase_derivatives(real, imag, phase),
        }
        for name, part in parts.items():
            self._warm_trackers[name].update_state(part)
        return self.magnitude_weight * parts["magnitude"] + self.phase_weight * parts["phase"]

    def get_config(self):
        names = (
            "channels", "hidden_channels", "n_blocks", "kernel_size", "mel_start", "mel_rounds",
            "phase_rounds", "mel_mean", "mel_scale", "magnitude_weight",
            "phase_weight",
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

"""`GriffinLim`: the vocoder that needs no training."""

import math

import keras
import numpy as np

from keras_speech.audio_spec import AudioSpec
from keras_speech.models import mel_windows
from keras_speech.models.compiled import compiled
from keras_speech.ops import griffin_lim as griffin_lim_ops
from keras_speech.ops import masking
from keras_speech.ops import mel as mel_ops

# `generate` rounds the frames up to a multiple of this, so that backends that compile for each
# shape (JAX, XLA) meet few of them.
FRAMES_MULTIPLE = 64


@keras.saving.register_keras_serializable("keras_speech")
class GriffinLim(keras.Model):
    """Vocoder that estimates magnitudes from a mel spectrogram and finds phases for them.

    It has no weights. `generate` is compiled once, gives the same audio for the same seed, and
    the audio of a row depends neither on the other rows nor on padding. It computes in float32
    under any dtype policy.

    Args:
        spec: `AudioSpec` (or its dict) of the mel spectrograms. Defaults to `AudioSpec()`.
        n_iter: int, rounds of Griffin-Lim. Defaults to 60.
        power: the magnitudes are raised to it, at equal energy. Above 1 it sharpens the
            harmonics that a predicted mel blurs; Tacotron used 1.2. Defaults to 1.
        momentum: number in `[0, 1)`, see `ops.griffin_lim`. Defaults to 0.99.

    Call arguments:
        mel: float tensor `(batch, frames, n_mels)`, as `LogMelSpectrogram(spec)` makes it.
        lengths: optional integer tensor `(batch,)`, frames of each row. Defaults to all.
        seed: int or scalar integer tensor that determines the first phases. Defaults to 0.

    Returns: float32 tensor `(batch, frames * hop_length)`, zero after each row's
        `lengths * hop_length`.

    Example:

    >>> import numpy as np
    >>> vocoder = GriffinLim(AudioSpec(n_mels=40), n_iter=2)
    >>> silence = np.full((1, 10, 40), np.log(1e-5), "float32")
    >>> tuple(vocoder.generate(silence).shape)
    (1, 2560)

    Reference: [Perraudin et al., 2013](https://doi.org/10.1109/WASPAA.2013.6701851); as a vocoder
    in [Wang et al., 2017](https://arxiv.org/abs/1703.10135), section 3.4.
    """

    def __init__(self, spec=None, n_iter=60, power=1.0, momentum=0.99, **kwargs):
        super().__init__(autocast=False, **kwargs)
        if isinstance(n_iter, bool) or not isinstance(n_iter, (int, np.integer)) or n_iter < 0:
            raise ValueError(f"`n_iter` must be an integer >= 0. Received: n_iter={n_iter!r}.")
        if not (power > 0 and math.isfinite(power)):
            raise ValueError(f"`power` must be positive. Received: power={power}.")
        if not 0 <= momentum < 1:
            raise ValueError(f"`momentum` must lie in [0, 1). Received: momentum={momentum}.")
        self.spec = AudioSpec.from_dict(spec) if isinstance(spec, dict) else spec or AudioSpec()
        self.n_iter, self.power, self.momentum = int(n_iter), float(power), float(momentum)
        self._compiled_call = compiled(self, self.call)

    def call(self, mel, lengths=None, seed=0):
        magnitude = self.magnitude(mel)
        if self.power != 1:
            magnitude = _sharpened(magnitude, self.power, lengths)
        return griffin_lim_ops.griffin_lim(
            magnitude,
            n_fft=self.spec.n_fft,
            hop_length=self.spec.hop_length,
            win_length=self.spec.win_length,
            padding=self.spec.padding,
            n_iter=self.n_iter,
            momentum=self.momentum,
            seed=seed,
            lengths=lengths,
        )

    @property
    def n_channels(self):
        """Channels of the spectrograms that are vocoded."""
        return self.spec.n_mels

    def magnitude(self, mel):
        """What the phases are found for: `(batch, frames, n_fft // 2 + 1)`."""
        return mel_ops.mel_to_magnitude(mel, self.spec)

    def generate(self, mel, lengths=None, seed=0):
        """Make audio of log-mel spectrograms.

        Args:
            mel: float array `(batch, frames, n_mels)`.
            lengths: integers `(batch,)`, frames of each row, at most `frames`. Defaults to all.
            seed: int. The same seed gives the same audio. Defaults to 0.

        Returns: float32 tensor `(batch, frames * hop_length)`, zero after each row's
            `lengths * hop_length`.

        Raises:
            ValueError: for a mel of another shape or with numbers that are not finite, or lengths
                that do not fit it.
        """
        mel = mel_windows.checked_mel(mel, self.n_channels)
        lengths = mel_windows.checked_lengths(lengths, mel)
        frames = mel.shape[1]
        missing = -frames % FRAMES_MULTIPLE
        mel = keras.ops.pad(
            mel, [[0, 0], [0, missing], [0, 0]], constant_values=math.log(self.spec.log_floor)
        )
        samples = self._compiled_call(mel, lengths.astype("int32"), np.uint32(seed % 2**32))
        return samples[:, : self.spec.n_samples(frames)]

    def compute_output_shape(self, mel_shape, lengths_shape=None):
        batch, frames, _ = mel_shape
        return (batch, None if frames is None else self.spec.n_samples(frames))

    def get_config(self):
        return {
            **super().get_config(),
            "spec": self.spec.to_dict(),
            "n_iter": self.n_iter,
            "power": self.power,
            "momentum": self.momentum,
        }


def _sharpened(magnitude, power, lengths):
    """Raise to `power`, then bring each row back to its energy."""
    if lengths is not None:
        present = masking.sequence_mask(lengths, keras.ops.shape(magnitude)[1])
        magnitude = magnitude * keras.ops.cast(present, magnitude.dtype)[..., None]
    sharp = magnitude**power

    def energy(x):
        return keras.ops.sum(x * x, axis=(1, 2), keepdims=True)

    return sharp * keras.ops.sqrt(energy(magnitude) / keras.ops.maximum(energy(sharp), 1e-20))

"""`LinearGriffinLim`: sound from a spectrogram whose frequencies are all known."""

import keras

from keras_speech.models.griffin_lim.griffin_lim import GriffinLim
from keras_speech.ops import mel as mel_ops


@keras.saving.register_keras_serializable("keras_speech")
class LinearGriffinLim(GriffinLim):
    """`GriffinLim` for linear log-magnitude spectrograms, such as `Tacotron` makes.

    It differs from `GriffinLim` in what it is given only: nothing has to be guessed between the
    bands of a mel.

    Args:
        spec: `AudioSpec` (or its dict) of the spectrograms. Defaults to `AudioSpec()`.
        n_iter: int, rounds of Griffin-Lim. Defaults to 50 (as published).
        power: the magnitudes are raised to it, at equal energy. Defaults to 1.2 (as published).
        momentum: number in `[0, 1)`, see `ops.griffin_lim`; 0 is the method of the paper. Defaults
            to 0.99, with which fewer rounds sound as well.

    Call arguments:
        mel: float tensor `(batch, frames, spec.n_freqs)`, natural logarithms of magnitudes, as
            `ops.linear_spectrogram.log_linear_spectrogram` makes them.
        lengths: optional integer tensor `(batch,)`, frames of each row. Defaults to all.
        seed: int or scalar integer tensor that determines the first phases. Defaults to 0.

    Returns: float32 tensor `(batch, frames * hop_length)`, zero after each row's
        `lengths * hop_length`.

    Example:

    >>> import numpy as np
    >>> from keras_speech.audio_spec import AudioSpec
    >>> spec = AudioSpec(n_fft=256, hop_length=64, win_length=256, n_mels=20)
    >>> silence = np.full((1, 10, 129), np.log(1e-5), "float32")
    >>> tuple(LinearGriffinLim(spec, n_iter=2).generate(silence).shape)
    (1, 640)

    Reference: [Wang et al., 2017](https://arxiv.org/abs/1703.10135), section 3.4. Deviations: the
    fast form of Griffin-Lim; after the power each row is brought back to its energy.
    """

    def __init__(self, spec=None, n_iter=50, power=1.2, momentum=0.99, **kwargs):
        super().__init__(spec, n_iter=n_iter, power=power, momentum=momentum, **kwargs)

    @property
    def n_channels(self):
        return self.spec.n_freqs

    def magnitude(self, mel):
        return mel_ops.log_expand(mel)

"""`MultiResolutionDiscriminator`: spectrograms sharp in time, in frequency and between."""

import keras

from keras_speech.layers.discriminators import convolutions
from keras_speech.layers.discriminators.resolution_discriminator import (
    BANDS,
    ResolutionDiscriminator,
)


@keras.saving.register_keras_serializable("keras_speech")
class MultiResolutionDiscriminator(keras.layers.Layer):
    """A `ResolutionDiscriminator` for each of several transforms.

    With its default sizes it has 1,411,587 parameters, weight normalization folded.

    Args:
        n_ffts: length of each transform, in samples. Defaults to `(2048, 1024, 512)`.
        channels, bands, spectrum, weight_normalization: as in `ResolutionDiscriminator`. Frames
            are a quarter of a transform apart.

    Call arguments:
        samples: float tensor `(batch, samples)`.

    Returns: list of `(score, features)`, one pair for each transform, as
    `ResolutionDiscriminator` gives them.

    Raises:
        ValueError: if a size is out of range.

    Example:

    >>> import numpy as np
    >>> layer = MultiResolutionDiscriminator((64, 128), channels=4)
    >>> [tuple(score.shape) for score, features in layer(np.zeros((2, 800)))]
    [(2, 51, 6, 1), (2, 26, 10, 1)]

    Reference: [Siuzdak, 2023](https://arxiv.org/abs/2306.00814), section 3.3.
    """

    def __init__(
        self,
        n_ffts=(2048, 1024, 512),
        channels=32,
        bands=BANDS,
        spectrum="complex",
        weight_normalization=True,
        **kwargs,
    ):
        # Spectra are taken of float32 samples under any policy.
        super().__init__(autocast=False, **kwargs)
        convolutions.check_counts(n_ffts=n_ffts)
        self.n_ffts, self.channels = tuple(n_ffts), channels
        self.bands = tuple(tuple(band) for band in bands)
        self.spectrum, self.weight_normalization = spectrum, weight_normalization
        self.discriminators = [
            ResolutionDiscriminator(
                n_fft, None, channels, bands, spectrum, weight_normalization,
                dtype=self.dtype_policy,
            )
            for n_fft in n_ffts
        ]  # fmt: skip

    def build(self, samples_shape):
        for discriminator in self.discriminators:
            discriminator.build(samples_shape)

    def call(self, samples):
        return [discriminator(samples) for discriminator in self.discriminators]

    def get_config(self):
        names = ("n_ffts", "channels", "bands", "spectrum", "weight_normalization")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

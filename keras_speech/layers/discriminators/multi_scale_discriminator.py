"""`MultiScaleDiscriminator`: a waveform and what is left of it at lower rates."""

import keras
from keras import ops

from keras_speech.layers.discriminators import convolutions
from keras_speech.layers.discriminators.scale_discriminator import ScaleDiscriminator


@keras.saving.register_keras_serializable("keras_speech")
class MultiScaleDiscriminator(keras.layers.Layer):
    """A `ScaleDiscriminator` each for the samples, their averages, and averages of those.

    Between two scales four samples are averaged at every second one. With its default sizes it has
    29,610,627 parameters, weight normalization folded.

    Args:
        n_scales: number of scales. Defaults to 3.
        channels, kernel_sizes, strides, groups, weight_normalization: as in `ScaleDiscriminator`.

    Call arguments:
        samples: float tensor `(batch, samples)`.

    Returns: list of `(score, features)`, one pair for each scale, as `ScaleDiscriminator` gives
    them.

    Raises:
        ValueError: if a size is out of range.

    Example:

    >>> import numpy as np
    >>> layer = MultiScaleDiscriminator(2, (4, 8), (15, 41), strides=(1, 4), groups=(1, 2))
    >>> [tuple(score.shape) for score, features in layer(np.zeros((2, 800)))]
    [(2, 200, 1), (2, 101, 1)]

    Reference: [Kong et al., 2020](https://arxiv.org/abs/2010.05646), section 2.3. Deviation:
    weights of the first scale are normalized by length, as all others, not by spectrum.
    """

    def __init__(
        self,
        n_scales=3,
        channels=(128, 128, 256, 512, 1024, 1024, 1024),
        kernel_sizes=(15, 41, 41, 41, 41, 41, 5),
        strides=(1, 2, 2, 4, 4, 1, 1),
        groups=(1, 4, 16, 16, 16, 16, 1),
        weight_normalization=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        convolutions.check_counts(n_scales=n_scales)
        self.n_scales, self.channels = n_scales, tuple(channels)
        self.kernel_sizes, self.strides = tuple(kernel_sizes), tuple(strides)
        self.groups, self.weight_normalization = tuple(groups), weight_normalization
        self.discriminators = [
            ScaleDiscriminator(
                channels, kernel_sizes, strides, groups, weight_normalization,
                dtype=self.dtype_policy,
            )
            for _ in range(n_scales)
        ]  # fmt: skip

    def build(self, samples_shape):
        for discriminator in self.discriminators:
            discriminator.build(samples_shape)

    def call(self, samples):
        outputs = []
        for i, discriminator in enumerate(self.discriminators):
            samples = half_rate(samples) if i else samples
            outputs.append(discriminator(samples))
        return outputs

    def get_config(self):
        names = (
            "n_scales", "channels", "kernel_sizes", "strides", "groups", "weight_normalization"
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def half_rate(samples):
    """Averages of four samples, at every second one, with two zeros beyond both ends."""
    padded = ops.pad(samples, [[0, 0], [2, 2]])
    return ops.squeeze(ops.average_pool(padded[..., None], 4, strides=2), axis=-1)

"""Settings of HiFi-GAN: `HiFiGAN(**hifigan_configs.V1)`.

Parameter counts are those of the generator with weight normalization folded.
"""

from keras_speech.audio_spec import AudioSpec
from keras_speech.layers.discriminators import MultiPeriodDiscriminator, MultiScaleDiscriminator

# The mel that all three published generators are trained on.
_LJSPEECH = AudioSpec(padding="hop").to_dict()

# 13,926,017 parameters.
V1 = dict(
    spec=_LJSPEECH,
    channels=512,
    rates=(8, 8, 2, 2),
    kernel_sizes=(16, 16, 4, 4),
    resblock=1,
    resblock_kernel_sizes=(3, 7, 11),
    resblock_dilations=((1, 3, 5), (1, 3, 5), (1, 3, 5)),
)

# V1 with a quarter of its channels: 925,985 parameters.
V2 = {**V1, "channels": 128}

# Fewer and simpler blocks of longer reach: 1,462,273 parameters.
V3 = dict(
    spec=_LJSPEECH,
    channels=256,
    rates=(8, 8, 4),
    kernel_sizes=(16, 16, 8),
    resblock=2,
    resblock_kernel_sizes=(3, 5, 7),
    resblock_dilations=((1, 2), (2, 6), (3, 12)),
)

# Not published: V3 with half its channels, to try things on a processor: 401,921 parameters.
# Take `small_discriminators()` with it.
SMALL = {**V3, "channels": 128, "mel_mean": -5.0, "mel_scale": 2.0}


def small_discriminators(weight_normalization=True):
    """Discriminators in an eighth of the published width, for training on a processor.

    Args:
        weight_normalization: as in `PeriodDiscriminator`. Defaults to `True`.

    Returns: list of two layers, new ones at each call.
    """
    return [
        MultiPeriodDiscriminator(
            channels=(8, 16, 64, 128, 128), weight_normalization=weight_normalization
        ),
        MultiScaleDiscriminator(
            channels=(16, 16, 32, 64, 128, 128, 128),
            groups=(1, 1, 2, 2, 2, 2, 1),
            weight_normalization=weight_normalization,
        ),
    ]

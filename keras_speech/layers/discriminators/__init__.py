from keras_speech.layers.discriminators.multi_period_discriminator import MultiPeriodDiscriminator
from keras_speech.layers.discriminators.multi_resolution_discriminator import (
    MultiResolutionDiscriminator,
)
from keras_speech.layers.discriminators.multi_scale_discriminator import MultiScaleDiscriminator
from keras_speech.layers.discriminators.period_discriminator import PeriodDiscriminator
from keras_speech.layers.discriminators.resolution_discriminator import ResolutionDiscriminator
from keras_speech.layers.discriminators.scale_discriminator import ScaleDiscriminator

__all__ = [
    "MultiPeriodDiscriminator",
    "MultiResolutionDiscriminator",
    "MultiScaleDiscriminator",
    "PeriodDiscriminator",
    "ResolutionDiscriminator",
    "ScaleDiscriminator",
]

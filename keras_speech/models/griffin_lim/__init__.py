"""Griffin-Lim, for mel and for linear spectrograms."""

from keras_speech.models.griffin_lim.griffin_lim import GriffinLim
from keras_speech.models.griffin_lim.linear_griffin_lim import LinearGriffinLim

__all__ = ["GriffinLim", "LinearGriffinLim"]

"""Griffin-Lim as a vocoder: no weights, no training."""

from keras_speech.models.griffin_lim.griffin_lim import GriffinLim

__all__ = ["GriffinLim"]

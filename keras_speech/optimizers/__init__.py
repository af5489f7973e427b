"""Optimizers that Keras does not have."""

from keras_speech.optimizers.lookahead import Lookahead
from keras_speech.optimizers.rectified_adam import RectifiedAdam

__all__ = ["Lookahead", "RectifiedAdam"]

"""Optimizers and learning rates: Keras's by name, and those that it does not have."""

from keras_speech.optimizers.lookahead import Lookahead
from keras_speech.optimizers.rectified_adam import RectifiedAdam
from keras_speech.optimizers.registry import OPTIMIZERS, get, takes
from keras_speech.optimizers.schedules import SCHEDULES, learning_rate_schedule
from keras_speech.optimizers.warmup import Warmup
from keras_speech.optimizers.warmup_inverse_square_root import WarmupInverseSquareRoot

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "Lookahead",
    "RectifiedAdam",
    "Warmup",
    "WarmupInverseSquareRoot",
    "get",
    "learning_rate_schedule",
    "takes",
]

"""The training loop that the command line and the recipes in `examples/` share."""

from keras_speech.optimizers import WarmupInverseSquareRoot, learning_rate_schedule
from keras_speech.training.averaging import OnAverages, averaged_weights
from keras_speech.training.calibration import calibrate_durations
from keras_speech.training.checkpoint import read_checkpoint, restore_checkpoint, save_checkpoint
from keras_speech.training.mel_statistics import mel_statistics
from keras_speech.training.memory import memory_of_training
from keras_speech.training.precision import dtype_policy, in_float32
from keras_speech.training.prosody_statistics import prosody_statistics
from keras_speech.training.strategies import n_devices, strategy
from keras_speech.training.teacher_forcing import teacher_forced
from keras_speech.training.termination import Terminated
from keras_speech.training.train import train

__all__ = [
    "OnAverages",
    "Terminated",
    "WarmupInverseSquareRoot",
    "averaged_weights",
    "calibrate_durations",
    "dtype_policy",
    "in_float32",
    "learning_rate_schedule",
    "mel_statistics",
    "memory_of_training",
    "n_devices",
    "prosody_statistics",
    "read_checkpoint",
    "restore_checkpoint",
    "save_checkpoint",
    "strategy",
    "teacher_forced",
    "train",
]

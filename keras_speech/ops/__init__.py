"""Pure functions on tensors, each module on its own subject."""

from keras_speech.ops import griffin_lim, masking, mel, stft

__all__ = ["griffin_lim", "masking", "mel", "stft"]

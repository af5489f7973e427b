"""Pure functions on tensors, each module on its own subject."""

from keras_speech.ops import (
    decoding,
    griffin_lim,
    hmm,
    logistic_mixture,
    masking,
    mel,
    mu_law,
    squeeze,
    stft,
)

__all__ = [
    "decoding",
    "griffin_lim",
    "hmm",
    "logistic_mixture",
    "masking",
    "mel",
    "mu_law",
    "squeeze",
    "stft",
]

"""Pure functions on tensors, each module on its own subject."""

from keras_speech.ops import (
    change_speed,
    decoding,
    griffin_lim,
    hmm,
    levels,
    logistic_mixture,
    masking,
    mel,
    mu_law,
    pitch_shift,
    spec_augment,
    squeeze,
    stft,
    time_stretch,
)

__all__ = [
    "change_speed",
    "decoding",
    "griffin_lim",
    "hmm",
    "levels",
    "logistic_mixture",
    "masking",
    "mel",
    "mu_law",
    "pitch_shift",
    "spec_augment",
    "squeeze",
    "stft",
    "time_stretch",
]

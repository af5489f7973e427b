"""Losses, as functions of tensors: models add them up in their `compute_loss`."""

from keras_speech.losses.attention import alignment_targets, attention_supervision, guided_attention
from keras_speech.losses.masked import masked_mean
from keras_speech.losses.phase import phase_derivatives
from keras_speech.losses.spectral import (
    log_magnitude_l1,
    mel_l1,
    multi_resolution_stft,
    spectral_convergence,
)
from keras_speech.losses.stop_token import stop_token

__all__ = [
    "alignment_targets",
    "attention_supervision",
    "guided_attention",
    "log_magnitude_l1",
    "masked_mean",
    "mel_l1",
    "multi_resolution_stft",
    "phase_derivatives",
    "spectral_convergence",
    "stop_token",
]

"""Objective measures of speech, on NumPy arrays."""

from keras_speech.metrics.boundaries import BoundaryErrors, boundary_errors
from keras_speech.metrics.dynamic_time_warping import dtw_path
from keras_speech.metrics.f0_errors import F0Errors, f0_errors
from keras_speech.metrics.mel_cepstral_distortion import mel_cepstral_distortion, mel_cepstrum
from keras_speech.metrics.spectral_distances import (
    largest_step,
    log_spectral_distance,
    multi_resolution_stft_distance,
)
from keras_speech.metrics.word_error_rate import (
    WordErrors,
    align_words,
    word_error_rate,
    word_errors,
)

__all__ = [
    "BoundaryErrors",
    "F0Errors",
    "WordErrors",
    "align_words",
    "boundary_errors",
    "dtw_path",
    "f0_errors",
    "largest_step",
    "log_spectral_distance",
    "mel_cepstral_distortion",
    "mel_cepstrum",
    "multi_resolution_stft_distance",
    "word_error_rate",
    "word_errors",
]

"""Objective measures of speech, on NumPy arrays."""

from keras_speech.metrics.alignment_health import (
    AlignmentHealth,
    alignment_health,
    backward_steps,
    coverage,
    diagonality,
    end_steps,
    sharpness,
    skipped_tokens,
    stuck_steps,
    unread_tokens,
)
from keras_speech.metrics.boundaries import BoundaryErrors, boundary_errors
from keras_speech.metrics.dynamic_time_warping import dtw_path
from keras_speech.metrics.f0_errors import F0Errors, f0_errors
from keras_speech.metrics.mel_cepstral_distortion import mel_cepstral_distortion, mel_cepstrum
from keras_speech.metrics.spectral_distances import (
    largest_step,
    log_spectral_distance,
    multi_resolution_stft_distance,
)
from keras_speech.metrics.stop_health import early_stop_probability
from keras_speech.metrics.word_error_rate import (
    WordErrors,
    align_words,
    word_error_rate,
    word_errors,
)

__all__ = [
    "AlignmentHealth",
    "BoundaryErrors",
    "F0Errors",
    "WordErrors",
    "align_words",
    "alignment_health",
    "backward_steps",
    "boundary_errors",
    "coverage",
    "diagonality",
    "dtw_path",
    "early_stop_probability",
    "end_steps",
    "f0_errors",
    "largest_step",
    "log_spectral_distance",
    "mel_cepstral_distortion",
    "mel_cepstrum",
    "multi_resolution_stft_distance",
    "sharpness",
    "skipped_tokens",
    "stuck_steps",
    "unread_tokens",
    "word_error_rate",
    "word_errors",
]

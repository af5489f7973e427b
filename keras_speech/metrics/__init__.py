"""Objective measures of speech, on NumPy arrays."""

from keras_speech.metrics.word_error_rate import WordErrors, word_error_rate, word_errors

__all__ = ["WordErrors", "word_error_rate", "word_errors"]

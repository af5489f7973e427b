"""Objective evaluation of a voice (extra `[evaluate]`)."""

from keras_speech.evaluation.recognizer import ClosedRecognizer, RecognitionScore

__all__ = ["ClosedRecognizer", "RecognitionScore"]

"""Keras callbacks for speech models."""

from keras_speech.callbacks.alignment_plot import AlignmentPlot

__all__ = ["AlignmentPlot"]

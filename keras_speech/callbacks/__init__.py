"""Keras callbacks for speech models."""

from keras_speech.callbacks.alignment_plot import AlignmentPlot
from keras_speech.callbacks.audio_sample import AudioSample
from keras_speech.callbacks.event_log import EventLog

__all__ = ["AlignmentPlot", "AudioSample", "EventLog"]

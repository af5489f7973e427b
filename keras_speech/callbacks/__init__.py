"""Keras callbacks for speech models."""

from keras_speech.callbacks.alignment_doctor import AlignmentDoctor
from keras_speech.callbacks.alignment_plot import AlignmentPlot
from keras_speech.callbacks.audio_sample import AudioSample
from keras_speech.callbacks.event_log import EventLog
from keras_speech.callbacks.mel_plot import MelPlot
from keras_speech.callbacks.throughput import Throughput

__all__ = [
    "AlignmentDoctor",
    "AlignmentPlot",
    "AudioSample",
    "EventLog",
    "MelPlot",
    "Throughput",
]

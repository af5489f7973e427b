"""Tacotron (2017), and its plain LSTM variant."""

from keras_speech.models.tacotron import tacotron_configs
from keras_speech.models.tacotron.tacotron import Tacotron

__all__ = ["Tacotron", "tacotron_configs"]

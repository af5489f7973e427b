"""Layers to build models from, on any Keras backend."""

from keras_speech.layers.attention import LocationSensitiveAttention
from keras_speech.layers.attention_lstm import AttentionLSTM
from keras_speech.layers.causal_dilated_conv1d import CausalDilatedConv1D
from keras_speech.layers.conv_norm1d import ConvNorm1D
from keras_speech.layers.gated_residual_block import GatedResidualBlock
from keras_speech.layers.heads import GaussianHead, LogisticMixtureHead, MuLawHead
from keras_speech.layers.log_mel_spectrogram import LogMelSpectrogram
from keras_speech.layers.mel_upsampler import MelUpsampler
from keras_speech.layers.postnet import Postnet
from keras_speech.layers.prenet import Prenet
from keras_speech.layers.transposed_mel_upsampler import TransposedMelUpsampler
from keras_speech.layers.weight_normalization import WeightNormalization
from keras_speech.layers.zoneout_lstm import ZoneoutLSTM

__all__ = [
    "AttentionLSTM",
    "CausalDilatedConv1D",
    "ConvNorm1D",
    "GatedResidualBlock",
    "GaussianHead",
    "LocationSensitiveAttention",
    "LogMelSpectrogram",
    "LogisticMixtureHead",
    "MelUpsampler",
    "MuLawHead",
    "Postnet",
    "Prenet",
    "TransposedMelUpsampler",
    "WeightNormalization",
    "ZoneoutLSTM",
]

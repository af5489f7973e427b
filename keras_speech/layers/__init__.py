"""Layers to build models from, on any Keras backend."""

from keras_speech.layers.affine_coupling import AffineCoupling
from keras_speech.layers.aligner import Aligner
from keras_speech.layers.attention import (
    BahdanauAttention,
    BahdanauMonotonicAttention,
    DynamicConvolutionAttention,
    ForwardAttention,
    GMMAttention,
    LocationSensitiveAttention,
    LuongAttention,
    LuongMonotonicAttention,
    WindowedAttention,
)
from keras_speech.layers.attention_lstm import AttentionLSTM
from keras_speech.layers.attention_rnn import AttentionRNN
from keras_speech.layers.cached_multi_head_attention import CachedMultiHeadAttention
from keras_speech.layers.causal_dilated_conv1d import CausalDilatedConv1D
from keras_speech.layers.cbhg import CBHG
from keras_speech.layers.conv_norm1d import ConvNorm1D
from keras_speech.layers.convnext_block import ConvNeXtBlock
from keras_speech.layers.dilated_conv1d import DilatedConv1D
from keras_speech.layers.discriminators import (
    MultiPeriodDiscriminator,
    MultiResolutionDiscriminator,
    MultiScaleDiscriminator,
    PeriodDiscriminator,
    ResolutionDiscriminator,
    ScaleDiscriminator,
)
from keras_speech.layers.duration_predictor import DurationPredictor
from keras_speech.layers.fft_block import FFTBlock
from keras_speech.layers.gated_convolution_stack import GatedConvolutionStack
from keras_speech.layers.gated_residual_block import GatedResidualBlock
from keras_speech.layers.gaussian_upsampling import GaussianUpsampling
from keras_speech.layers.gru import GRU
from keras_speech.layers.heads import GaussianHead, LogisticMixtureHead, MuLawHead
from keras_speech.layers.highway import Highway
from keras_speech.layers.invertible_conv1x1 import InvertibleConv1x1
from keras_speech.layers.layer_norm_lstm import LayerNormLSTM
from keras_speech.layers.log_mel_spectrogram import LogMelSpectrogram
from keras_speech.layers.mel_upsampler import MelUpsampler
from keras_speech.layers.postnet import Postnet
from keras_speech.layers.prenet import Prenet
from keras_speech.layers.scaled_positional_encoding import ScaledPositionalEncoding
from keras_speech.layers.spec_augment import SpecAugment
from keras_speech.layers.transposed_mel_upsampler import TransposedMelUpsampler
from keras_speech.layers.variance_predictor import VariancePredictor
from keras_speech.layers.weight_normalization import WeightNormalization
from keras_speech.layers.zoneout_lstm import ZoneoutLSTM

__all__ = [
    "AffineCoupling",
    "Aligner",
    "AttentionLSTM",
    "AttentionRNN",
    "BahdanauAttention",
    "BahdanauMonotonicAttention",
    "CBHG",
    "CachedMultiHeadAttention",
    "CausalDilatedConv1D",
    "ConvNeXtBlock",
    "ConvNorm1D",
    "DilatedConv1D",
    "DurationPredictor",
    "DynamicConvolutionAttention",
    "FFTBlock",
    "ForwardAttention",
    "GMMAttention",
    "GRU",
    "GatedConvolutionStack",
    "GatedResidualBlock",
    "GaussianHead",
    "GaussianUpsampling",
    "Highway",
    "InvertibleConv1x1",
    "LayerNormLSTM",
    "LocationSensitiveAttention",
    "LogMelSpectrogram",
    "LogisticMixtureHead",
    "LuongAttention",
    "LuongMonotonicAttention",
    "MelUpsampler",
    "MuLawHead",
    "MultiPeriodDiscriminator",
    "MultiResolutionDiscriminator",
    "MultiScaleDiscriminator",
    "PeriodDiscriminator",
    "Postnet",
    "Prenet",
    "ResolutionDiscriminator",
    "ScaleDiscriminator",
    "ScaledPositionalEncoding",
    "SpecAugment",
    "TransposedMelUpsampler",
    "VariancePredictor",
    "WeightNormalization",
    "WindowedAttention",
    "ZoneoutLSTM",
]

from keras_speech.layers.attention.attention_mechanism import AttentionMechanism
from keras_speech.layers.attention.bahdanau_attention import BahdanauAttention
from keras_speech.layers.attention.bahdanau_monotonic_attention import BahdanauMonotonicAttention
from keras_speech.layers.attention.dynamic_convolution_attention import (
    DynamicConvolutionAttention,
)
from keras_speech.layers.attention.forward_attention import ForwardAttention
from keras_speech.layers.attention.gmm_attention import GMMAttention
from keras_speech.layers.attention.location_sensitive_attention import LocationSensitiveAttention
from keras_speech.layers.attention.luong_attention import LuongAttention
from keras_speech.layers.attention.luong_monotonic_attention import LuongMonotonicAttention
from keras_speech.layers.attention.registry import get, identified, serialize
from keras_speech.layers.attention.windowed_attention import WindowedAttention

__all__ = [
    "AttentionMechanism",
    "BahdanauAttention",
    "BahdanauMonotonicAttention",
    "DynamicConvolutionAttention",
    "ForwardAttention",
    "GMMAttention",
    "LocationSensitiveAttention",
    "LuongAttention",
    "LuongMonotonicAttention",
    "WindowedAttention",
    "get",
    "identified",
    "serialize",
]

"""Layers refuse settings with which they could not work, before anything is built."""

import numpy as np
import pytest

from keras_speech import layers
from keras_speech.layers import argument_checks, attention

WHOLE = "must be a whole number from"


@pytest.mark.parametrize(
    "make, settings, message",
    [
        (attention.BahdanauAttention, {"units": 0}, f"`units` {WHOLE} 1. Received: units=0"),
        (attention.BahdanauMonotonicAttention, {"units": 2.5}, f"`units` {WHOLE} 1"),
        (attention.DynamicConvolutionAttention, {"units": 0}, f"`units` {WHOLE} 1"),
        (attention.DynamicConvolutionAttention, {"static_filters": 0}, f"`static_filters` {WHOLE}"),
        (attention.DynamicConvolutionAttention, {"prior_length": 1.5}, f"`prior_length` {WHOLE}"),
        (attention.ForwardAttention, {"units": 0}, f"`units` {WHOLE} 1"),
        (attention.ForwardAttention, {"agent_units": -1}, f"`agent_units` {WHOLE} 1"),
        (attention.GMMAttention, {"n_components": 0}, f"`n_components` {WHOLE} 1"),
        (attention.GMMAttention, {"units": "8"}, f"`units` {WHOLE} 1"),
        (attention.LocationSensitiveAttention, {"filters": 0}, f"`filters` {WHOLE} 1"),
        (attention.LocationSensitiveAttention, {"kernel_size": -3}, f"`kernel_size` {WHOLE} 1"),
        (attention.WindowedAttention, {"back": 1.5}, f"`back` {WHOLE} 0. Received: back=1.5"),
        (layers.Aligner, {"vocabulary_size": 0}, f"`vocabulary_size` {WHOLE} 1"),
        (layers.Aligner, {"vocabulary_size": 5, "context_warmup": -1}, f"`context_warmup` {WHOLE}"),
        (layers.CachedMultiHeadAttention, {"num_heads": 0, "key_dim": 4}, f"`num_heads` {WHOLE} 1"),
        (layers.CachedMultiHeadAttention, {"num_heads": 2, "key_dim": 0}, f"`key_dim` {WHOLE} 1"),
        (layers.CBHG, {"gru_units": 1.5}, f"`gru_units` {WHOLE} 1"),
        (layers.FFTBlock, {"channels": 0}, f"`channels` {WHOLE} 1"),
        (layers.FFTBlock, {"n_heads": -2}, f"`n_heads` {WHOLE} 0"),
        (layers.FFTBlock, {"kernel_sizes": (9,)}, "`kernel_sizes` must be 2 whole numbers from 1"),
        (layers.FFTBlock, {"dropout": 1.5}, r"`dropout` must be in \[0, 1\]"),
        (layers.GaussianUpsampling, {"n_frames": 0}, f"`n_frames` {WHOLE} 1"),
        (layers.GRU, {"units": "4"}, f"`units` {WHOLE} 1"),
        (layers.Highway, {"gate_bias": None}, "`gate_bias` must be a finite number"),
        (layers.ScaledPositionalEncoding, {"initial_scale": np.nan}, "`initial_scale` must be a"),
        (layers.VariancePredictor, {"filters": 0}, f"`filters` {WHOLE} 1"),
        (layers.VariancePredictor, {"recurrent_units": -1}, f"`recurrent_units` {WHOLE} 0"),
        (layers.ZoneoutLSTM, {"units": 0}, f"`units` {WHOLE} 1"),
    ],
)
def test_a_bad_setting_is_named(make, settings, message):
    with pytest.raises(ValueError, match=message):
        make(**settings)


def test_numbers_of_numpy_are_numbers_and_booleans_are_none():
    argument_checks.check_whole(units=np.int64(3))
    argument_checks.check_positive(scale=np.float32(0.5))
    with pytest.raises(ValueError, match="Received: units=True"):
        argument_checks.check_whole(units=True)
    with pytest.raises(ValueError, match="Received: scale=True"):
        argument_checks.check_positive(scale=True)

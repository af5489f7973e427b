"""The entries of Transformer TTS and its layers in the conformance table."""

import math

import numpy as np

import keras_speech as ks
from conformance_case import Case, integers, mask, normal

CASES = {
    "CachedMultiHeadAttention": Case(
        make=lambda: ks.layers.CachedMultiHeadAttention(2, 4, dropout=0.2, use_bias=False),
        inputs=lambda: {
            "query": normal(2, 7, 8),
            "value": normal(2, 5, 6, seed=1),
            "attention_mask": mask(5, 3)[:, None, :],
        },
    ),
    "ScaledPositionalEncoding": Case(
        make=lambda: ks.layers.ScaledPositionalEncoding(initial_scale=0.5),
        inputs=lambda: normal(2, 7, 8),
    ),
    "TransformerTTS": Case(
        make=lambda: ks.models.TransformerTTS(
            11,
            n_mels=8,
            reduction=2,
            channels=8,
            n_heads=2,
            encoder_blocks=1,
            decoder_blocks=2,
            feed_forward_units=12,
            norm_first=True,
            encoder_convolutions=1,
            prenet_units=(6, 4),
            prenet_dropout=0.0,
            postnet_filters=6,
            postnet_layers=2,
            n_speakers=3,
            speaker_channels=4,
            mel_mean=-5.0,
            mel_scale=2.0,
            guided_blocks=1,
            guided_heads=1,
        ),
        inputs=lambda: {
            "tokens": integers(2, 5, below=11) * mask(5, 3),
            "token_lengths": np.array([5, 3], "int32"),
            "mel": np.where(mask(9, 6)[..., None], normal(2, 9, 8) - 4, math.log(1e-5)).astype(
                "float32"
            ),
            "mel_lengths": np.array([9, 6], "int32"),
            "durations": np.array([[2, 1, 3, 1, 2], [1, 4, 1, 0, 0]], "int32"),
            "speaker": np.array([2, 0], "int32"),
        },
        trains=True,
    ),
}

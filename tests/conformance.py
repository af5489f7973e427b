"""The conformance table: a tiny case of every public layer and model.

`test_conformance.py` and `test_backends.py` walk it. A new layer or model adds one entry, here or
in a file of its own (`conformance_<name>.py`) that is merged at the end; the suite fails for a
public name without one. Cases keep dropout at zero where it is drawn in inference too: random
numbers differ between backends.
"""

import math

import numpy as np

import conformance_addons
import conformance_attention
import conformance_fastspeech2
import conformance_neural_hmm
import conformance_spec_augment
import conformance_tacotron
import conformance_transformer_tts
import conformance_vocoders
import conformance_wavenet
import keras_speech as ks
from conformance_case import TINY_SPEC, Case, integers, mask, normal

TINY_TACOTRON2 = dict(
    encoder_channels=8,
    encoder_convolutions=1,
    prenet_units=(6, 4),
    prenet_dropout=0.0,
    attention_lstm_units=8,
    decoder_lstm_units=8,
    attention_units=6,
    attention_filters=3,
    attention_kernel_size=5,
    postnet_filters=6,
    postnet_layers=2,
    mel_mean=-5.0,
    mel_scale=2.0,
)

CASES = {
    "AttentionLSTM": Case(
        make=lambda: ks.layers.AttentionLSTM(
            6, attention_units=4, attention_filters=3, attention_kernel_size=5, zoneout=0.1
        ),
        inputs=lambda: {
            "inputs": normal(2, 7, 8),
            "values": normal(2, 5, 9, seed=1),
            "values_mask": mask(5, 3),
        },
    ),
    "ConvNorm1D": Case(
        make=lambda: ks.layers.ConvNorm1D(4, kernel_size=3, activation="tanh", dropout=0.2),
        inputs=lambda: {"inputs": normal(2, 7, 8), "mask": mask(7, 4)},
    ),
    "LocationSensitiveAttention": Case(
        make=lambda: ks.layers.LocationSensitiveAttention(4, filters=3, kernel_size=5),
        inputs=lambda: {
            "query": normal(2, 8),
            "memory": (normal(2, 5, 9, seed=1), normal(2, 5, 4, seed=2), mask(5, 3)),
            "state": (np.full((2, 5), 0.2, "float32"), np.full((2, 5), 0.6, "float32")),
        },
    ),
    "LogMelSpectrogram": Case(
        make=lambda: ks.layers.LogMelSpectrogram(TINY_SPEC),
        inputs=lambda: normal(2, 100) / 4,
        waveform=True,
    ),
    "Postnet": Case(
        make=lambda: ks.layers.Postnet(filters=4, kernel_size=3, n_layers=3, dropout=0.2),
        inputs=lambda: {"mel": normal(2, 7, 8), "mask": mask(7, 4)},
    ),
    "Prenet": Case(
        make=lambda: ks.layers.Prenet((6, 4), dropout=0.0),
        inputs=lambda: normal(2, 7, 8),
    ),
    "Tacotron2": Case(
        make=lambda: ks.models.Tacotron2(
            11, n_mels=8, reduction=2, n_speakers=3, speaker_channels=4, **TINY_TACOTRON2
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
    "WeightNormalization": Case(
        make=lambda: ks.layers.WeightNormalization(
            ks.layers.CausalDilatedConv1D(4, dilation_rate=2, activation="tanh"), data_init=True
        ),
        inputs=lambda: normal(2, 7, 8),
    ),
    "ZoneoutLSTM": Case(
        make=lambda: ks.layers.ZoneoutLSTM(4, zoneout=0.1),
        inputs=lambda: normal(2, 7, 8),
    ),
}

CASES |= conformance_tacotron.CASES | conformance_attention.CASES
CASES |= conformance_addons.CASES
CASES |= conformance_transformer_tts.CASES
CASES |= conformance_neural_hmm.CASES
CASES |= conformance_fastspeech2.CASES
CASES |= conformance_vocoders.CASES | conformance_wavenet.CASES
CASES |= conformance_spec_augment.CASES

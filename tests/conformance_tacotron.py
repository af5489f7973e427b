"""The conformance table's cases of Tacotron and its layers."""

import math

import numpy as np

import keras_speech as ks
from conformance_case import TINY_SPEC, Case, integers, mask, normal

CASES = {
    "CBHG": Case(
        make=lambda: ks.layers.CBHG(
            bank_size=3,
            bank_channels=4,
            projection_channels=5,
            highway_layers=2,
            highway_units=6,
            gru_units=3,
        ),
        inputs=lambda: {"inputs": normal(2, 7, 8), "mask": mask(7, 4)},
    ),
    "GRU": Case(
        make=lambda: ks.layers.GRU(4),
        inputs=lambda: normal(2, 7, 8),
    ),
    "Highway": Case(
        make=lambda: ks.layers.Highway(activation="tanh", gate_bias=-2.0),
        inputs=lambda: normal(2, 7, 8),
    ),
    "LinearGriffinLim": Case(
        make=lambda: ks.models.LinearGriffinLim(TINY_SPEC, n_iter=2, power=1.1, momentum=0.5),
        inputs=lambda: normal(2, 9, 33),
    ),
    "Tacotron": Case(
        make=lambda: ks.models.Tacotron(
            11,
            n_mels=8,
            n_freqs=33,
            reduction=2,
            embedding_channels=6,
            encoder_units=4,
            encoder_prenet_units=(6, 4),
            encoder_bank_size=2,
            prenet_units=(6, 4),
            prenet_dropout=0.0,
            attention_rnn_units=8,
            attention_units=6,
            decoder_units=8,
            decoder_layers=1,
            postnet_units=4,
            postnet_bank_size=2,
            postnet_projection_channels=5,
            highway_layers=1,
            n_speakers=3,
            speaker_channels=4,
            mel_mean=-5.0,
            mel_scale=2.0,
            linear_mean=-4.0,
            linear_scale=1.5,
            n_priority_freqs=10,
        ),
        inputs=lambda: {
            "tokens": integers(2, 5, below=11) * mask(5, 3),
            "token_lengths": np.array([5, 3], "int32"),
            "mel": np.where(mask(9, 6)[..., None], normal(2, 9, 8) - 4, math.log(1e-5)).astype(
                "float32"
            ),
            "mel_lengths": np.array([9, 6], "int32"),
            "linear": normal(2, 9, 33, seed=1) - 3,
            "durations": np.array([[2, 1, 3, 1, 2], [1, 4, 1, 0, 0]], "int32"),
            "speaker": np.array([2, 0], "int32"),
        },
        trains=True,
    ),
}

"""The neural HMM's entry of the conformance table."""

import math

import numpy as np

import keras_speech as ks
from conformance_case import Case, integers, mask, normal

CASES = {
    "NeuralHMMTTS": Case(
        make=lambda: ks.models.NeuralHMMTTS(
            11,
            n_mels=8,
            reduction=2,
            states_per_token=2,
            stateless_tokens=(7,),
            encoder_channels=8,
            encoder_convolutions=1,
            prenet_units=(6, 4),
            prenet_dropout=0.0,
            data_dropout=0.1,
            lstm_units=8,
            hidden_units=8,
            std_floor=0.1,
            n_speakers=3,
            speaker_channels=4,
            mel_mean=-5.0,
            mel_scale=2.0,
        ),
        inputs=lambda: {
            "tokens": integers(2, 5, below=7) * mask(5, 3),
            "token_lengths": np.array([5, 3], "int32"),
            "mel": np.where(mask(23, 14)[..., None], normal(2, 23, 8) - 4, math.log(1e-5)).astype(
                "float32"
            ),
            "mel_lengths": np.array([23, 14], "int32"),
            "speaker": np.array([2, 0], "int32"),
        },
        trains=True,
    ),
}

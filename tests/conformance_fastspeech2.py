"""Cases of FastSpeech 2 and its layers; see `conformance`."""

import numpy as np

import keras_speech as ks
from conformance_case import Case, integers, mask, normal

LENGTHS = {
    "token_lengths": np.array([4, 3], "int32"),
    "mel_lengths": np.array([9, 7], "int32"),
}

CASES = {
    "Aligner": Case(
        make=lambda: ks.layers.Aligner(9, n_mels=5, filters=6),
        inputs=lambda: {"tokens": integers(2, 4, below=9), "mel": normal(2, 9, 5), **LENGTHS},
    ),
    "DurationPredictor": Case(
        make=lambda: ks.layers.DurationPredictor(filters=6, recurrent_units=3),
        inputs=lambda: {"inputs": normal(2, 7, 4), "mask": mask(7, 4)},
    ),
    "FFTBlock": Case(
        make=lambda: ks.layers.FFTBlock(8, n_heads=2, filters=6, kernel_sizes=(3, 1)),
        inputs=lambda: {"inputs": normal(2, 7, 8), "mask": mask(7, 4)},
    ),
    "FastSpeech2": Case(
        make=lambda: ks.FastSpeech2(
            9,
            n_mels=8,
            channels=8,
            encoder_layers=1,
            decoder_layers=1,
            filters=6,
            kernel_sizes=(3, 1),
            predictor_filters=6,
            mel_mean=-5.0,
            mel_scale=2.0,
        ),  # fmt: skip
        inputs=lambda: {
            "tokens": integers(2, 4, below=9),
            "mel": normal(2, 9, 8) - 5.0,
            "f0_hz": np.abs(normal(2, 9, seed=1)) * 100.0 + 80.0,
            **LENGTHS,
        },
        trains=True,
    ),
    "GaussianUpsampling": Case(
        make=lambda: ks.layers.GaussianUpsampling(n_frames=9),
        inputs=lambda: {
            "inputs": normal(2, 4, 5),
            "durations": np.array([[2, 0, 3, 4], [5, 1, 1, 0]], "int32"),
        },
    ),
    "VariancePredictor": Case(
        make=lambda: ks.layers.VariancePredictor(filters=6),
        inputs=lambda: {"inputs": normal(2, 7, 4), "mask": mask(7, 4)},
    ),
}

"""The conformance table's cases of WaveNet and its layers."""

import numpy as np

import keras_speech as ks
from conformance_case import TINY_SPEC, Case, normal

CASES = {
    "CausalDilatedConv1D": Case(
        make=lambda: ks.layers.CausalDilatedConv1D(
            4, kernel_size=3, dilation_rate=2, activation="tanh", use_bias=False
        ),
        inputs=lambda: normal(2, 7, 8),
    ),
    "GatedResidualBlock": Case(
        make=lambda: ks.layers.GatedResidualBlock(
            8, 6, 5, kernel_size=3, dilation_rate=2, dropout=0.2
        ),
        inputs=lambda: {
            "inputs": normal(2, 7, 8),
            "local_condition": normal(2, 7, 4, seed=1),
            "global_condition": normal(2, 3, seed=2),
        },
    ),
    "GaussianHead": Case(
        make=lambda: ks.layers.GaussianHead(log_scale_min=-3.0),
        inputs=lambda: {"parameters": normal(2, 7, 2), "samples": normal(2, 7, seed=1)},
        waveform=True,
    ),
    "LogisticMixtureHead": Case(
        make=lambda: ks.layers.LogisticMixtureHead(n_mixtures=3, bits=12, log_scale_min=-8.0),
        inputs=lambda: {"parameters": normal(2, 7, 9), "samples": normal(2, 7, seed=1) / 4},
        waveform=True,
    ),
    "MelUpsampler": Case(
        make=lambda: ks.layers.MelUpsampler(6, factors=(3, 2), channels=4, context_size=1),
        inputs=lambda: normal(2, 7, 8),
    ),
    "MuLawHead": Case(
        make=lambda: ks.layers.MuLawHead(levels=16, one_hot=True),
        inputs=lambda: {"parameters": normal(2, 7, 16), "samples": normal(2, 7, seed=1) / 4},
        waveform=True,
    ),
    "TransposedMelUpsampler": Case(
        make=lambda: ks.layers.TransposedMelUpsampler(
            6, factors=(3, 2), channels=4, context_size=1
        ),
        inputs=lambda: normal(2, 7, 8),
    ),
    "WaveNet": Case(
        make=lambda: ks.models.WaveNet(
            n_cycles=2,
            layers_per_cycle=2,
            residual_channels=8,
            gate_channels=12,
            skip_channels=6,
            kernel_size=3,
            input_kernel_size=2,
            head=ks.layers.MuLawHead(levels=32),
            dropout=0.1,
            n_speakers=3,
            speaker_channels=4,
            spec=TINY_SPEC,
            upsampler_channels=5,
            context_size=1,
            mel_mean=-5.0,
            mel_scale=2.0,
        ),
        inputs=lambda: {
            "samples": np.sin(np.arange(2 * 64).reshape(2, 64) / 3).astype("float32"),
            "mel": normal(2, 4, 8) - 4,
            "speaker": np.array([2, 0], "int32"),
        },
        trains=True,
        waveform=True,
    ),
}

"""The conformance table's cases of vocoders, their layers and discriminators."""

import numpy as np

import keras_speech as ks
from conformance_case import TINY_SPEC, Case, mask, normal

CASES = {
    "AffineCoupling": Case(
        make=lambda: ks.layers.AffineCoupling(
            ks.layers.GatedConvolutionStack(4, channels=6, n_layers=2)
        ),
        inputs=lambda: {
            "inputs": normal(2, 7, 4),
            "condition": normal(2, 7, 5, seed=1),
            "mask": mask(7, 4),
        },
    ),
    "ConvNeXtBlock": Case(
        make=lambda: ks.layers.ConvNeXtBlock(8, 12, kernel_size=3, layer_scale=0.5),
        inputs=lambda: {"inputs": normal(2, 7, 8), "mask": mask(7, 4)[..., None]},
    ),
    "DilatedConv1D": Case(
        make=lambda: ks.layers.DilatedConv1D(
            4, kernel_size=5, dilation_rate=2, bias_initializer="ones"
        ),
        inputs=lambda: normal(2, 7, 8),
    ),
    "GatedConvolutionStack": Case(
        make=lambda: ks.layers.GatedConvolutionStack(
            4, channels=6, n_layers=2, kernel_size=5, weight_normalization=True
        ),
        inputs=lambda: {
            "inputs": normal(2, 7, 3),
            "condition": normal(2, 7, 5, seed=1),
            "mask": mask(7, 4),
        },
    ),
    "GriffinLim": Case(
        make=lambda: ks.models.GriffinLim(TINY_SPEC, n_iter=2, power=1.1, momentum=0.5),
        inputs=lambda: normal(2, 9, 8),
    ),
    "HiFiGAN": Case(
        make=lambda: ks.models.HiFiGAN(
            TINY_SPEC,
            channels=8,
            rates=(4, 4),
            kernel_sizes=(8, 6),
            resblock_kernel_sizes=(3, 5),
            resblock_dilations=((1, 3), (2,)),
            mel_mean=-4.0,
            mel_scale=2.0,
            discriminators=[
                ks.layers.MultiPeriodDiscriminator((2,), channels=(3,), kernel_size=3),
                ks.layers.MultiScaleDiscriminator(1, (3,), (5,), strides=(2,), groups=(1,)),
            ],
        ),
        inputs=lambda: {
            "mel": normal(2, 6, 8) - 4,
            "samples": np.sin(np.arange(2 * 96).reshape(2, 96) / 3).astype("float32"),
        },
        trains=True,
        waveform=True,
    ),
    "InvertibleConv1x1": Case(
        make=lambda: ks.layers.InvertibleConv1x1(order=(3, -1, 2, 4)),
        inputs=lambda: {"inputs": normal(2, 7, 4), "mask": mask(7, 4)},
    ),
    "MultiPeriodDiscriminator": Case(
        make=lambda: ks.layers.MultiPeriodDiscriminator((2, 3), channels=(4, 6), kernel_size=3),
        inputs=lambda: normal(2, 101) / 4,
        waveform=True,
    ),
    "MultiResolutionDiscriminator": Case(
        make=lambda: ks.layers.MultiResolutionDiscriminator(
            (32, 64), channels=3, bands=((0.0, 0.4), (0.4, 1.0))
        ),
        inputs=lambda: normal(2, 101) / 4,
        waveform=True,
    ),
    "MultiScaleDiscriminator": Case(
        make=lambda: ks.layers.MultiScaleDiscriminator(
            2, channels=(4, 6), kernel_sizes=(5, 9), strides=(1, 4), groups=(1, 2)
        ),
        inputs=lambda: normal(2, 101) / 4,
        waveform=True,
    ),
    "PeriodDiscriminator": Case(
        make=lambda: ks.layers.PeriodDiscriminator(
            3, channels=(4, 6), kernel_size=3, stride=2, weight_normalization=False
        ),
        inputs=lambda: normal(2, 101) / 4,
        waveform=True,
    ),
    "ResolutionDiscriminator": Case(
        make=lambda: ks.layers.ResolutionDiscriminator(
            32, 16, channels=3, bands=((0.0, 0.4), (0.4, 1.0)), spectrum="magnitude"
        ),
        inputs=lambda: normal(2, 101) / 4,
        waveform=True,
    ),
    "ScaleDiscriminator": Case(
        make=lambda: ks.layers.ScaleDiscriminator(
            channels=(4, 6), kernel_sizes=(5, 9), strides=(2, 4), groups=(1, 2)
        ),
        inputs=lambda: normal(2, 101) / 4,
        waveform=True,
    ),
    "Vocos": Case(
        make=lambda: ks.models.Vocos(
            spec=TINY_SPEC,
            channels=8,
            hidden_channels=12,
            n_blocks=2,
            kernel_size=3,
            mel_start=True,
            mel_rounds=1,
            phase_rounds=2,
            mel_mean=-5.0,
            mel_scale=2.0,
            magnitude_weight=1.0,
            phase_weight=1.0,
            stft_weight=0.5,
        ),
        inputs=lambda: {
            "mel": normal(2, 6, 8) - 4,
            "samples": np.sin(np.arange(2 * 96).reshape(2, 96) / 3).astype("float32"),
        },
        trains=True,
        waveform=True,
    ),
    "WaveGlow": Case(
        make=lambda: ks.models.WaveGlow(
            TINY_SPEC,
            n_flows=3,
            early_every=2,
            early_channels=4,
            channels=6,
            n_layers=2,
            kernel_size=5,
            upsampler_frames=2,
            sigma=0.8,
            remat=True,
            orders=[None, range(8, 0, -1), None],
        ),
        inputs=lambda: {
            "samples": np.sin(np.arange(2 * 64).reshape(2, 64) / 3).astype("float32"),
            "mel": normal(2, 4, 8) - 4,
        },
        trains=True,
        waveform=True,
    ),
}

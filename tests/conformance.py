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
    "CausalDilatedConv1D": Case(
        make=lambda: ks.layers.CausalDilatedConv1D(
            4, kernel_size=3, dilation_rate=2, activation="tanh", use_bias=False
        ),
        inputs=lambda: normal(2, 7, 8),
    ),
    "ConvNeXtBlock": Case(
        make=lambda: ks.layers.ConvNeXtBlock(8, 12, kernel_size=3, layer_scale=0.5),
        inputs=lambda: {"inputs": normal(2, 7, 8), "mask": mask(7, 4)[..., None]},
    ),
    "ConvNorm1D": Case(
        make=lambda: ks.layers.ConvNorm1D(4, kernel_size=3, activation="tanh", dropout=0.2),
        inputs=lambda: {"inputs": normal(2, 7, 8), "mask": mask(7, 4)},
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
    "Postnet": Case(
        make=lambda: ks.layers.Postnet(filters=4, kernel_size=3, n_layers=3, dropout=0.2),
        inputs=lambda: {"mel": normal(2, 7, 8), "mask": mask(7, 4)},
    ),
    "Prenet": Case(
        make=lambda: ks.layers.Prenet((6, 4), dropout=0.0),
        inputs=lambda: normal(2, 7, 8),
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
    "TransposedMelUpsampler": Case(
        make=lambda: ks.layers.TransposedMelUpsampler(
            6, factors=(3, 2), channels=4, context_size=1
        ),
        inputs=lambda: normal(2, 7, 8),
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
CASES |= conformance_spec_augment.CASES

"""Small models of every kind in the zoo, none of whose weights is at its start."""

import numpy as np

import keras_speech as ks
from export.server import SPEC, tiny_tokenizer
from seeding import set_random_seed

VOCABULARY = tiny_tokenizer().vocabulary_size

ACOUSTIC_MODELS = {
    "Tacotron": lambda: ks.Tacotron(
        VOCABULARY, n_mels=20, n_freqs=SPEC.n_freqs, embedding_channels=8, encoder_units=6,
        encoder_prenet_units=(8, 6), encoder_bank_size=3, prenet_units=(8,), attention_rnn_units=8,
        attention="forward", attention_units=6, decoder_units=8, postnet_units=6,
        postnet_bank_size=2, postnet_projection_channels=6, highway_layers=1,
    ),
    "Tacotron2": lambda: ks.Tacotron2(
        VOCABULARY, n_mels=20, reduction=4, encoder_channels=8, encoder_convolutions=1,
        prenet_units=(8, 8), attention_lstm_units=8, decoder_lstm_units=8, attention_units=8,
        attention_filters=4, attention_kernel_size=7, postnet_filters=8, postnet_layers=1,
        n_speakers=2, speaker_channels=4,
    ),
    "TransformerTTS": lambda: ks.TransformerTTS(
        VOCABULARY, n_mels=20, reduction=4, channels=8, n_heads=2, encoder_blocks=1,
        decoder_blocks=2, feed_forward_units=12, encoder_convolutions=1, prenet_units=(6, 4),
        postnet_filters=6, postnet_layers=2,
    ),
    "FastSpeech2": lambda: ks.FastSpeech2(
        VOCABULARY, n_mels=20, channels=8, encoder_layers=1, decoder_layers=1, filters=6,
        kernel_sizes=(3, 1), predictor_filters=6, n_speakers=3, speaker_channels=4, energy=False,
    ),
    "NeuralHMMTTS": lambda: ks.NeuralHMMTTS(
        VOCABULARY, n_mels=20, encoder_channels=8, encoder_convolutions=1, prenet_units=(8, 8),
        lstm_units=16, hidden_units=16,
    ),
}  # fmt: skip

VOCODERS = {
    "GriffinLim": lambda: ks.GriffinLim(SPEC, n_iter=5),
    "Vocos": lambda: ks.Vocos(
        spec=SPEC, channels=12, hidden_channels=16, n_blocks=2, kernel_size=3, phase_rounds=2
    ),
    "HiFiGAN": lambda: ks.HiFiGAN(
        spec=SPEC, channels=8, rates=(16, 4), kernel_sizes=(32, 8), resblock_kernel_sizes=(3,),
        resblock_dilations=((1, 3),),
    ),
    "WaveGlow": lambda: ks.WaveGlow(
        SPEC, n_flows=3, n_groups=8, early_every=1, channels=4, n_layers=2, upsampler_frames=3
    ),
    "WaveNet": lambda: ks.WaveNet(
        n_cycles=1, layers_per_cycle=4, residual_channels=6, gate_channels=8, skip_channels=4,
        spec=SPEC,
    ),
}  # fmt: skip


# Seed of the stop token's kernel, and its bias, with which rows stop after some tens of steps.
STOPS = {"Tacotron": (0, -4.0), "Tacotron2": (1, -0.5), "TransformerTTS": (1, -1.0)}


def tiny_model(name):
    """The model, the same each time."""
    set_random_seed(1)
    model = {**ACOUSTIC_MODELS, **VOCODERS}[name]()
    if name in ("WaveGlow", "NeuralHMMTTS"):
        return model  # other matrices are hard to invert, other states are never left
    random = np.random.default_rng(0)
    weights = [
        w + random.normal(0, 0.2, w.shape).astype(w.dtype) if w.dtype.kind == "f" else w
        for w in model.get_weights()
    ]
    model.set_weights(weights)
    if name in STOPS:
        (seed, bias), stop = STOPS[name], model.decoder.stop_dense
        stop.kernel.assign(np.random.default_rng(seed).normal(0, 1.5, stop.kernel.shape))
        stop.bias.assign([bias])
    return model


def tiny_voice(acoustic_model="FastSpeech2", vocoder="Vocos"):
    """A voice of two of the models, by name."""
    acoustic_model, vocoder = tiny_model(acoustic_model), tiny_model(vocoder)
    names = ["ann", "bob", "cid"][: acoustic_model.n_speakers]
    return ks.Voice(tiny_tokenizer(), acoustic_model, vocoder, SPEC, speakers=names or None)

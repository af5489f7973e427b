"""Settings of Vocos as keywords of the model: `Vocos(**vocos_configs.SMALL)`."""

from keras_speech.audio_spec import AudioSpec

# As published (arXiv:2306.00814): 24 kHz, 100 bands up to 12 kHz. 13.5 million parameters.
PUBLISHED = dict(
    spec=AudioSpec(sample_rate=24000, n_mels=100, fmax=12000.0),
    channels=512,
    hidden_channels=1536,
    n_blocks=8,
)

# The same net for the mels of Tacotron 2, WaveGlow and HiFi-GAN.
PUBLISHED_22K = dict(PUBLISHED, spec=AudioSpec())

# What two cores train in an hour or two: 3.6 million parameters, 7 MB in 16 bits. Magnitudes start
# at the mel and are fitted to it, and phases end with rounds of Griffin-Lim: see `Vocos`.
SMALL = dict(
    spec=AudioSpec(),
    channels=256,
    hidden_channels=768,
    n_blocks=8,
    mel_start=True,
    mel_rounds=2,
    phase_rounds=16,
)

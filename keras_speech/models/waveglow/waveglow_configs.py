"""Settings of WaveGlow as keywords of the model: `WaveGlow(**waveglow_configs.CHANNELS_256)`."""

# What NVIDIA published for its 22,050 Hz mels (the default `AudioSpec`). 87.7 million parameters
# without weight normalization, 224 billion multiplications per second of audio.
CHANNELS_256 = dict(channels=256)

# The paper's own (arXiv:1811.00002, section 3.2). 268.0 million parameters, of which one copy in
# float32 takes 1.07 GB and training with Adam four.
CHANNELS_512 = dict(channels=512)

# What a processor can train: 8.8 million parameters, 15 billion multiplications per second.
SMALL = dict(n_flows=8, channels=64, n_layers=6, upsampler_frames=2)

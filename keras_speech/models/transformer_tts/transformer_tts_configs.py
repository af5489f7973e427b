"""Settings for `TransformerTTS(vocabulary_size=..., **config)`."""

# Li et al. 2019, in the sizes of the base Transformer that it takes over: 53,020,995 trainable
# parameters with 148 symbols. The paper guides no head: `guided_heads=0` does as it did.
PUBLISHED = dict(
    n_mels=80,
    reduction=1,
    channels=512,
    n_heads=8,
    encoder_blocks=6,
    decoder_blocks=6,
    feed_forward_units=2048,
    dropout=0.1,
    norm_first=False,
    encoder_convolutions=3,
    encoder_kernel_size=5,
    convolution_dropout=0.5,
    prenet_units=(256, 256),
    prenet_dropout=0.5,
    postnet_filters=512,
    postnet_kernel_size=5,
    postnet_layers=5,
    postnet_dropout=0.5,
)

# A seventh of the parameters, several frames a step, and normalization first, with which training
# is stable without a warm-up: learns from hours of speech rather than a day of it.
SMALL = dict(
    n_mels=80,
    reduction=2,
    channels=256,
    n_heads=4,
    encoder_blocks=3,
    decoder_blocks=3,
    feed_forward_units=1024,
    dropout=0.1,
    norm_first=True,
    encoder_convolutions=3,
    encoder_kernel_size=5,
    convolution_dropout=0.2,
    prenet_units=(256, 128),
    prenet_dropout=0.5,
    postnet_filters=256,
    postnet_kernel_size=5,
    postnet_layers=5,
    postnet_dropout=0.2,
)

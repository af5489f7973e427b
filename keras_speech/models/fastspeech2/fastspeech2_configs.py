"""Settings for `FastSpeech2(vocabulary_size=..., **config)`."""

# Ren et al. 2021, section 3.1 and table 6, with durations from an aligner of one's own.
PUBLISHED = dict(
    n_mels=80,
    channels=256,
    encoder_layers=4,
    decoder_layers=4,
    n_heads=2,
    filters=1024,
    kernel_sizes=(9, 1),
    dropout=0.1,
    predictor_filters=256,
    predictor_kernel_size=3,
    predictor_layers=2,
    predictor_dropout=0.5,
    upsampling="repeat",
)

# Convolutions only, a fifth of the parameters: learns from an hour of speech on a CPU.
SMALL = dict(
    n_mels=80,
    channels=192,
    encoder_layers=3,
    decoder_layers=4,
    n_heads=0,
    filters=384,
    kernel_sizes=(7, 1),
    dropout=0.1,
    norm_first=True,
    predictor_filters=128,
    predictor_kernel_size=5,
    predictor_layers=2,
    predictor_dropout=0.5,
    upsampling="gaussian",
)
